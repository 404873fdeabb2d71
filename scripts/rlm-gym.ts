#!/usr/bin/env node
/** The entry point of the command. */
import { hideBin } from "yargs/helpers";
import { leaveNothingHalfWritten } from "./interrupt.ts";
import { main } from "./main.ts";

const LINGER_MS = 2000;

leaveNothingHalfWritten();
// A reader that closes early, such as `head`, is not a failure.
process.stdout.on("error", () => process.exit());
process.exitCode = await main(hideBin(process.argv));
// A verb has awaited everything it began. Something a package leaves open, such as a connection that came back just as it was
// closed, must not keep the command from ending after its output is written.
const isOut = () => process.stdout.writableLength + process.stderr.writableLength === 0;
setInterval(() => isOut() && process.exit(), LINGER_MS).unref();
