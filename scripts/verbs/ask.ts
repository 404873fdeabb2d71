/** `rlm-gym ask`: one question about texts of any length; the answer goes to stdout, progress to stderr. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { completion, CompletionError, type CompletionResult } from "../../src/completion.ts";
import { RLMError, UsageError } from "../../src/errors.ts";
import { quotingReader } from "../../src/models/simulated/quoting-reader.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { defaultPrices, readPrices } from "../../src/cost/pricing.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { ANY_QUESTION_STRATEGIES } from "../../src/policies/strategies/any-question.ts";
import { costOf, showAsking } from "../output/ask-progress.ts";
import { onInterrupt } from "../interrupt.ts";
import { type LimitFlags, limitsFrom, withLimitFlags } from "../flags/limit-flags.ts";
import { PROMPT_FLAGS, toldFrom } from "../flags/prompt-flags.ts";
import { PLAYER_FLAGS, type PlayerFlags, policiesFrom, subModelsFrom } from "../flags/model-flags.ts";
import { governorFrom } from "../flags/pace-flags.ts";
import { readContexts } from "../input/read-contexts.ts";
import { RECURSION_FLAGS, recursionFrom } from "../flags/recursion-flags.ts";
import { simulatedSpec } from "../flags/simulated-spec.ts";
import { version } from "../../src/version.ts";
import { wholeNumber } from "../flags/values.ts";

const FLAGS = {
  context: {
    type: "string",
    // Accepts "-" as a value, and is an array if given more than once.
    nargs: 1,
    describe: "file that the question is about, or - for standard input; several make a list of texts",
  },
  ...PLAYER_FLAGS,
  policy: {
    ...PLAYER_FLAGS.policy,
    describe: `who writes the code: openai, or a strategy: ${Object.keys(ANY_QUESTION_STRATEGIES).join(", ")} (default: openai with --model, else map-reduce)`,
  },
  seed: { type: "number", default: 0, describe: "seed of sampling and everything else random" },
  ...PROMPT_FLAGS,
  ...RECURSION_FLAGS,
  prices: {
    type: "string",
    describe: "JSON file with prices per million tokens, instead of the built-in table",
  },
  out: { type: "string", describe: "new folder for the record, as a run that replay and export read" },
  verbose: { type: "boolean", default: false, describe: "show each turn's code and what it printed" },
  json: {
    type: "boolean",
    default: false,
    describe: "print the answer, its cost and the stop reason as one JSON object",
  },
} satisfies Record<string, Options>;

type Flags = { readonly question?: string | undefined; readonly context: string | readonly string[] } & Omit<
  InferredOptionTypes<typeof FLAGS>,
  keyof PlayerFlags | "context"
> &
  PlayerFlags &
  LimitFlags;

export function askVerb(): CommandModule<object, Flags> {
  return {
    builder: (argv) =>
      withLimitFlags(
        argv
          .positional("question", { type: "string", describe: "the question, in quotes" })
          .options(FLAGS)
          .demandOption("context"),
      )
        .example(
          '$0 ask --context book.txt --model M --base-url http://localhost:8000/v1 "Who tells the story?"',
          "a model on any OpenAI-compatible server",
        )
        .example(
          'cat *.log | $0 ask --context - --model gpt-5 --sub-model gpt-5-nano --max-dollars 1 "Why did it fail?"',
          "standard input, a cheaper model for the parts, a cost limit",
        )
        .example(
          '$0 ask --context book.txt "What is the magic number?"',
          "offline: a strategy over a simulated model that quotes what shares words with the question",
        ),
    handler: ask,
  };
}

async function ask(flags: Flags): Promise<void> {
  const question = flags.question ?? "";
  if (question.trim() === "") throw new UsageError("expected a question, in quotes");
  const seed = wholeNumber(flags.seed, "--seed", 0);
  const players = await playersFrom(flags, seed);
  const prices = flags.prices === undefined ? defaultPrices() : await readPrices(flags.prices);
  const options = {
    ...players,
    prompt: question,
    seed,
    ...(await toldFrom(flags)),
    limits: { ...(isOffline(players) ? PLAY_MONEY_LIMITS : {}), ...limitsFrom(flags) },
    ...recursionFrom(flags),
    ...(flags.temperature !== undefined && { temperature: flags.temperature }),
    prices: { ...prices, ...simulatedSpec(flags["sub-model"] ?? "")?.prices },
  };
  const files = [flags.context].flat();
  const context = await readContexts(files);
  const config = { question, policy: players.policy.name, context: files };
  const plan = { version, seed, config, planned: 1 };
  const writer = flags.out === undefined ? null : await RunWriter.create(flags.out, plan);
  const interrupt = onInterrupt();
  const progress = showAsking({ verbose: flags.verbose });
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    const result = await completion({
      ...options,
      context,
      signal: interrupt.signal,
      onEvent: (event) => progress.hear(event),
    });
    await writer?.append(result.trajectory, context, null);
    status = "finished";
    report(question, result, flags);
  } catch (error) {
    if (interrupt.signal.aborted) status = "interrupted";
    if (!(error instanceof CompletionError)) throw error;
    await writer?.append(error.trajectory, context, null);
    reportFault(question, error, flags);
    throw new RLMError(error.message, { cause: error });
  } finally {
    interrupt.done();
    await writer?.close(status);
  }
}

/** Where nothing is paid, a long text is read to its end: simulated dollars and tokens bound it only if asked to. */
const PLAY_MONEY_LIMITS = { maxDollars: 1e9, maxTokens: 1e12 };

function isOffline({ policy, subModels }: Awaited<ReturnType<typeof playersFrom>>): boolean {
  return policy.name in ANY_QUESTION_STRATEGIES && subModels.every(({ simulated }) => simulated);
}

/** The simulated sub-model that overlooks nothing, however long a part is. */
const READS_ALL = "simulated:rot=flat";

/** A strategy offline, or the model if one is named. */
async function playersFrom(flags: Flags, seed: number) {
  const names = flags.policy ?? [flags.model === undefined ? "map-reduce" : "openai"];
  const isServed = names.some((name) => name.split(",").includes("openai"));
  // Who asks wants the answer: mistakes are for comparisons, and come with a name that asks for them.
  const subModel = flags["sub-model"] ?? (isServed ? undefined : READS_ALL);
  const asked = { ...flags, policy: names, ...(subModel !== undefined && { "sub-model": subModel }) };
  const playground = { strategies: ANY_QUESTION_STRATEGIES, readers: [quotingReader] };
  const governor = governorFrom(flags);
  const [policies = []] = await policiesFrom(asked, [playground], governor);
  const [policy, ...more] = policies as Policy[];
  if (!policy || more.length > 0) throw new UsageError("--policy: expected one policy");
  return { policy, subModels: subModelsFrom(asked, playground, seed, governor) };
}

/** Throws if there is no answer, or an empty one. */
function report(question: string, result: CompletionResult, flags: Flags): void {
  const { answer, stopReason } = result;
  if (flags.json) process.stdout.write(`${JSON.stringify(accountOf(question, result, flags))}\n`);
  else if (answer !== null && answer.trim() !== "") process.stdout.write(`${answer}\n`);
  warnOfSimulated(result);
  if (answer === null)
    throw new RLMError(`no answer: the episode ended with ${stopReason}${howToRaise(stopReason)}`);
  if (answer.trim() === "") throw new RLMError("no answer: the policy gave an empty one");
}

/** The flag of the limit that ended the episode. */
function howToRaise(stopReason: string): string {
  const flag = stopReason.replaceAll("_", "-");
  return stopReason.startsWith("max_") && flag !== "max-window" ? `; --${flag} raises the limit` : "";
}

/** Reports what there was before the fault; on stdout only as JSON, which names the fault, so that nobody takes it for an answer. */
function reportFault(question: string, { kind, message, partial }: CompletionError, flags: Flags): void {
  const { answer, usage, dollars } = partial;
  if (flags.json) {
    const account = { ...accountOf(question, partial, flags), error: { kind, message } };
    process.stdout.write(`${JSON.stringify(account)}\n`);
  } else {
    const { calls, promptTokens, completionTokens } = usage;
    const spent = { calls, tokens: promptTokens + completionTokens, dollars };
    process.stderr.write(`rlm-gym: cut short by a fault after ${costOf(spent)}\n`);
    if (answer !== null) process.stderr.write(`rlm-gym: the answer until then: ${answer}\n`);
  }
  warnOfSimulated(partial);
}

function accountOf(question: string, result: CompletionResult, { out }: Flags) {
  const { answer, stopReason, usage, usageByModel, dollars, simulated, trajectory } = result;
  const { seconds } = trajectory.wallClock;
  const cost = { dollars, usage, usageByModel };
  const turns = trajectory.turns.length;
  return {
    question,
    answer,
    stopReason,
    simulated,
    ...cost,
    turns,
    run: out ?? null,
    wallClock: { seconds },
  };
}

function warnOfSimulated({ simulated }: CompletionResult): void {
  if (simulated)
    process.stderr.write(
      "rlm-gym: simulated: this answer comes from a simulated model, which is a program; it only shows how things work\n",
    );
}
