/** Parses arguments, runs a verb, and turns errors into exit codes. */
import yargs from "yargs";
import { UsageError } from "../src/errors.ts";
import { checkValues } from "./flags/check-values.ts";
import { reportFailure } from "./fail.ts";
import { InterruptedError } from "./interrupt.ts";
import { guardTerminal } from "./output/guard-terminal.ts";
import { wantsJsonLog } from "./output/run-log.ts";
import { verbNames, withVerbs } from "./verbs.ts";
import { version } from "../src/version.ts";

/** Runs one command line, given without the name of the command, and resolves to its exit code. */
export async function main(args: string[]): Promise<number> {
  const release = guardTerminal();
  try {
    await withVerbs(yargs(args), args)
      .scriptName("rlm-gym")
      .usage(
        "$0 <verb>\n\nA gym for Recursive Language Models: episodes over a Python REPL, rewarded for accuracy against token cost.",
      )
      .command("$0 [verb]", false, {}, ({ verb }) => {
        const problem = verb === undefined ? "name a verb" : `unknown verb ${JSON.stringify(verb)}`;
        throw new UsageError(`${problem}; expected one of ${verbNames.join(", ")} (see --help)`);
      })
      .example("$0 envs", "list the environments")
      .example("$0 rollout s-niah --policy grep", "twenty episodes, offline; rollout --help shows more")
      .option("debug", { type: "boolean", default: false, describe: "show where an error came from" })
      .parserConfiguration({ "camel-case-expansion": false })
      .strict()
      .check(checkValues)
      .version(version)
      .help()
      .exitProcess(false)
      .wrap(Math.min(110, process.stdout.columns ?? 110))
      .fail((message, error) => {
        const line = (message ?? "").replaceAll(/\s*\n\s*/g, " ");
        throw error ?? new UsageError(`${line} (see --help)`);
      })
      .parseAsync();
    return 0;
  } catch (error) {
    return error instanceof InterruptedError
      ? error.exitCode
      : reportFailure(error, args.includes("--debug"), wantsJsonLog(args) ? "json" : "text");
  } finally {
    release();
  }
}
