#!/usr/bin/env node
/** The entry point of the command. What is not needed to print a prepared text is loaded after it. */
import { startInterpreter } from "./early-interpreter.ts";
import { preparedText } from "./prepared.ts";

const LINGER_MS = 2000;
const words = process.argv.slice(2);

// A reader that closes early, such as `head`, is not a failure.
process.stdout.on("error", () => process.exit());
const prepared = preparedText(words, process.stdout.columns);
if (prepared !== null) process.stdout.write(prepared);
else {
  const endUnused = await startInterpreter(words);
  const { leaveNothingHalfWritten } = await import("./interrupt.ts");
  leaveNothingHalfWritten();
  const { main } = await import("./main.ts");
  process.exitCode = await main(words);
  await endUnused();
}
// A verb has awaited everything it began. Something a package leaves open, such as a connection that came back just as it was
// closed, must not keep the command from ending after its output is written.
const isOut = () => process.stdout.writableLength + process.stderr.writableLength === 0;
setInterval(() => isOut() && process.exit(), LINGER_MS).unref();
