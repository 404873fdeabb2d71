/** Parses arguments, runs a verb, and turns errors into exit codes. */
import yargs, { type Argv } from "yargs";
import { UsageError } from "../src/errors.ts";
import { checkValues } from "./flags/check-values.ts";
import { reportFailure } from "./fail.ts";
import { InterruptedError } from "./interrupt.ts";
import { suggestion } from "./input/nearest.ts";
import { withResumedArguments } from "./input/resumed-arguments.ts";
import { guardTerminal } from "./output/guard-terminal.ts";
import { HELP_WIDTH } from "./prepared.ts";
import { wantsJsonLog } from "./output/log-lines.ts";
import { expectVerb, flagsOf, verbNames, withVerbs } from "./verbs.ts";
import { version } from "../src/version.ts";

/** Hidden: makes the parser answer the script that `completion` prints. */
const ANSWERS_COMPLETIONS = "complete";
/** How that script asks; the name of the command and the words so far follow. */
const ASKS_COMPLETIONS = "--get-yargs-completions";

/** The words that ask for help. */
const HELP = new Set(["--help", "-h"]);

/** Runs one command line, given without the name of the command, and resolves to its exit code. */
export async function main(args: string[]): Promise<number> {
  const release = guardTerminal();
  const completes = args[0] === ASKS_COMPLETIONS;
  try {
    if (completes && (await offerWords(args.slice(2)))) return 0;
    const whole = await withResumedArguments(withoutHelpVerb(args), async () =>
      (await import("./verbs/rollout/flags.ts")).booleanFlags(),
    );
    expectVerb(whole.filter((word) => word !== "--debug"));
    const tells = completes || whole.some((word) => HELP.has(word));
    const parser = withVerbs(yargs(whole), whole, tells);
    await parser
      .scriptName("rlm-gym")
      .usage(
        "$0 <verb>\n\nA gym for Recursive Language Models: episodes over a Python REPL, rewarded for accuracy against token cost.",
      )
      .command("$0", false, {}, () => {
        throw new UsageError(`name a verb; expected one of ${verbNames.join(", ")} (see --help)`);
      })
      .example("$0 envs", "list the environments")
      .example("$0 rollout s-niah --policy grep", "twenty episodes, offline; rollout --help shows more")
      .option("debug", { type: "boolean", default: false, describe: "show where an error came from" })
      .parserConfiguration({ "camel-case-expansion": false })
      .strict()
      .check(checkValues)
      .version(version)
      .alias("version", "v")
      .help()
      .alias("help", "h")
      .completion(ANSWERS_COMPLETIONS, false)
      .exitProcess(false)
      .wrap(Math.min(HELP_WIDTH, process.stdout.columns ?? HELP_WIDTH))
      .fail((message, error) => {
        const line = (message ?? "").replaceAll(/\s*\n\s*/g, " ");
        throw error ?? new UsageError(`${line}${meantFlags(line, parser)} (see --help)`);
      })
      .parseAsync();
    return 0;
  } catch (error) {
    // Half a command line may be wrong; whoever types it is not told so in the middle of a word.
    if (completes) return 0;
    return error instanceof InterruptedError
      ? error.exitCode
      : reportFailure(asUsage(error), args.includes("--debug"), wantsJsonLog(args) ? "json" : "text");
  } finally {
    release();
  }
}

/** Prints the words that a shell offers; false if the parser has to say them. */
async function offerWords(words: readonly string[]): Promise<boolean> {
  const offered = (await import("./input/completed-words.ts")).completedWords(words);
  // To zsh, what follows a colon is a description.
  const isZsh = process.env.SHELL?.includes("zsh") || process.env.ZSH_NAME?.includes("zsh");
  for (const word of offered ?? []) console.log(isZsh ? word.replaceAll(":", "\\:") : word);
  return offered !== null;
}

/** What the parser throws by itself, such as for a flag with too few words, is wrong usage. */
function asUsage(error: unknown): unknown {
  return error instanceof Error && error.name === "YError"
    ? new UsageError(`${error.message} (see --help)`, { cause: error })
    : error;
}

/** `help VERB` is `VERB --help`. */
function withoutHelpVerb(args: readonly string[]): string[] {
  const [first, ...verb] = args;
  return first === "help" ? [...verb, "--help"] : [...args];
}

/** What unknown flags in a complaint of the parser may have meant. */
function meantFlags(complaint: string, parser: Argv): string {
  const [, unknown] = /^Unknown arguments?: (.+)$/.exec(complaint) ?? [];
  if (unknown === undefined) return "";
  const known = flagsOf(parser);
  return [...new Set(unknown.split(", "))].map((name) => suggestion(name, known, "--")).join("");
}
