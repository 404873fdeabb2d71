#!/usr/bin/env node
/** The command as a process. */
import { hideBin } from "yargs/helpers";
import { leaveNothingHalfWritten } from "./interrupt.ts";
import { main } from "./main.ts";

leaveNothingHalfWritten();
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", () => process.exit());
process.exitCode = await main(hideBin(process.argv));
