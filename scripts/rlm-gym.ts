#!/usr/bin/env node
/** The command as a process. */
import { hideBin } from "yargs/helpers";
import { leaveNothingHalfWritten } from "./interrupt.ts";
import { main } from "./main.ts";

const LINGER_MS = 2000;

leaveNothingHalfWritten();
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", () => process.exit());
process.exitCode = await main(hideBin(process.argv));
// A verb has awaited all that it began. What a package leaves open, such as a connection that came back in the moment in
// which it was closed, keeps no command from ending once its output is out.
const isOut = () => process.stdout.writableLength + process.stderr.writableLength === 0;
setInterval(() => isOut() && process.exit(), LINGER_MS).unref();
