#!/usr/bin/env node
/** The command: parses arguments, runs a verb, turns errors into exit codes. */
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { UsageError } from "../src/errors.ts";
import { envsVerb } from "./envs.ts";
import { EXIT, reportFailure } from "./fail.ts";
import { InterruptedError } from "./interrupt.ts";
import { rolloutVerb } from "./rollout.ts";
import { version } from "./version.ts";

const args = hideBin(process.argv);
try {
  await yargs(args)
    .scriptName("rlm-gym")
    .usage(
      "$0 <verb>\n\nA gym for Recursive Language Models: episodes over a Python REPL, rewarded for accuracy against token cost.",
    )
    .command(envsVerb)
    .command(rolloutVerb(args))
    .demandCommand(1, "name a verb")
    .option("debug", { type: "boolean", default: false, describe: "show where an error came from" })
    .strict()
    .version(version)
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      throw error ?? new UsageError(`${message} (--help shows what there is)`);
    })
    .parseAsync();
} catch (error) {
  process.exitCode =
    error instanceof InterruptedError ? EXIT.interrupted : reportFailure(error, args.includes("--debug"));
}
