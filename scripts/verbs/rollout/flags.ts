/** The flags that choose which episodes to play; `rollout` and `compare` share them. */
import yargs, { type Argv, type InferredOptionTypes, type Options } from "yargs";
import { Parser } from "yargs/helpers";
import { DEADLINE_FLAG } from "../../flags/deadline-flag.ts";
import { withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { type LimitFlags, withLimitFlags } from "../../flags/limit-flags.ts";
import { type ModelFlags, withModelFlags } from "../../flags/model-flags.ts";
import { PROMPT_FLAGS } from "../../flags/prompt-flags.ts";
import { RECURSION_FLAGS } from "../../flags/recursion-flags.ts";
import { REWARD_FLAGS } from "../../flags/reward-flags.ts";
import { REDIS_FLAGS } from "../../flags/redis-flags.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { EXPLAIN_FLAG } from "../../output/explain.ts";
import { LOG_FLAG } from "../../output/log-lines.ts";

export const RUN_FLAGS = {
  env: { type: "string", describe: "file that exports an environment of your own, instead of a name" },
  curriculum: {
    type: "string",
    describe:
      "file of a curriculum, JSON or YAML, in the place of an environment: kinds of tasks with weights, drawn by the policy's own pass rate; --episodes says how many tasks are drawn in all",
  },
  episodes: { type: "number", default: 20, describe: "episodes for each policy and length" },
  "group-size": {
    type: "number",
    default: 1,
    describe: "rollouts of each task by each policy, with different sampling seeds",
  },
  "trained-at": {
    type: "string",
    describe:
      "length of the contexts that the policy was trained on, such as 2k or 2k,8k, for report --by trained",
  },
  seed: { type: "number", default: 0, describe: "seed of tasks, sampling and everything else random" },
  out: { type: "string", describe: "new folder for the run (default: runs/<environment>-<time>)" },
  attempts: {
    type: "number",
    default: 3,
    describe: "attempts at an episode if an infrastructure fault may be temporary",
  },
  resume: {
    type: "boolean",
    default: false,
    describe:
      "continue the run in --out: play episodes that are missing or failed by a fault; --resume RUN also takes the flags with which RUN was begun",
  },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  processes: {
    type: "number",
    describe:
      "processes that play the episodes, beside the one that plans and writes (default: one for each core, but none for runs of fewer than 100 episodes, which end sooner without)",
  },
  deadline: DEADLINE_FLAG,
  ...REDIS_FLAGS,
  ...PROMPT_FLAGS,
  ...RECURSION_FLAGS,
  clock: {
    choices: ["fixed", "host"] as const,
    default: "fixed" as const,
    describe:
      "the clock that Python sees: the same start in every episode, or the host's clock, whose readings are recorded",
  },
  isolation: {
    choices: ["thread", "process"] as const,
    default: "thread" as const,
    describe: "run Python workers in threads, or each in a process under Node's permission model",
  },
  wheels: { type: "string", describe: "folder of pure-Python wheels that the REPL can import" },
  ...REWARD_FLAGS,
  "adaptive-budget": {
    type: "string",
    describe:
      "mean cost to aim at, such as 0.01 (dollars) or 20000tokens: the price of cost in the reward follows the costs, and is saved with the run; not with --redis, whose workers would not know the current price",
  },
  plain: {
    type: "boolean",
    default: false,
    describe: "write the texts of encrypted sets in plain text; keep such a run off the web",
  },
  prices: {
    type: "string",
    describe: "JSON file with prices per million tokens, instead of the built-in table",
  },
  otel: {
    type: "boolean",
    default: false,
    describe:
      "send OpenTelemetry traces and metrics of ended episodes to OTEL_EXPORTER_OTLP_ENDPOINT; on Redis, the coordinator sends them for all workers",
  },
  ...LOG_FLAG,
  verbose: {
    type: "boolean",
    default: false,
    describe:
      "show episodes on stderr as they go: each turn's thoughts, code, output and sub-calls, with tokens and dollars",
  },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the closing table as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type RolloutFlags = { environment?: string } & InferredOptionTypes<typeof RUN_FLAGS> &
  ModelFlags &
  LimitFlags;

/** The headings of the help in order, and the flags under each. Environments add their own. */
const HEADINGS: Readonly<Record<string, readonly string[]>> = {
  "Who plays, and which tasks:": [
    "policy",
    "env",
    "curriculum",
    "episodes",
    "group-size",
    "seed",
    "trained-at",
  ],
  // All flags that no other heading names.
  "Models and servers:": [],
  "The run:": [
    "out",
    "resume",
    "concurrency",
    "processes",
    "attempts",
    "deadline",
    ...Object.keys(REDIS_FLAGS),
    "requests-per-minute",
    "tokens-per-minute",
    "run-calls-in-flight",
    "plain",
  ],
  "What models are told:": [
    "dialect",
    "prompt",
    "child-prompt",
    "leaf-prompt",
    "prompt-style",
    "delegation",
    "budget-view",
    "several-blocks",
    "history",
    "observations",
    "replies",
    "reasoning",
  ],
  "Sub-calls:": ["sub-model", "max-depth", "calls-in-flight"],
  "The REPL:": ["clock", "isolation", "wheels"],
  "Reward and prices:": ["reward", "lambda", "adaptive-budget", "prices", "judge"],
  "Output:": ["json", "explain", "log", "verbose", "otel", "debug", "help", "version"],
};

/** Adds every flag that chooses which episodes to play, including those of the environments that the arguments name. */
export async function withEpisodeFlags(argv: Argv, args: readonly string[]): Promise<Argv<RolloutFlags>> {
  const base = withRunFlags(
    argv.positional("environment", { type: "string", describe: "a name, or several separated by commas" }),
  );
  const environments = await environmentsAmong(args);
  return environments.reduce(withEnvironmentFlags, base) as Argv<RolloutFlags>;
}

function withRunFlags(argv: Argv): Argv {
  const before = new Set(keysOf(argv).key);
  const all = withModelFlags(argv.options(RUN_FLAGS));
  const named = new Set(Object.values(HEADINGS).flat());
  const rest = keysOf(all).key.filter((name) => !before.has(name) && !named.has(name));
  for (const [heading, names] of Object.entries(HEADINGS))
    all.group(names.length === 0 ? rest : [...names], heading);
  return withLimitFlags(all);
}

/** The flags that take no value. */
export function booleanFlags(): ReadonlySet<string> {
  return new Set(keysOf(withRunFlags(yargs([]))).boolean);
}

interface ParserOptions {
  readonly key: Record<string, unknown>;
  readonly alias: Record<string, readonly string[]>;
  readonly boolean: readonly string[];
}

/** Reads yargs' options through a method that its types leave out. */
function keysOf(argv: Argv): { readonly key: readonly string[]; readonly boolean: readonly string[] } {
  const { key, alias, boolean } = (argv as unknown as { getOptions(): ParserOptions }).getOptions();
  const others = new Set(Object.values(alias).flat());
  return { key: Object.keys(key).filter((name) => !others.has(name)), boolean };
}

/** The environments that the arguments name, for their flags; empty if they name none. */
export async function environmentsAmong(args: readonly string[]) {
  const { _: words, env } = Parser([...args], { boolean: [...booleanFlags()], string: ["env"] });
  const [, name] = words;
  if (name === undefined && env === undefined) return [];
  return loadEnvironments(name?.toString(), env as string | undefined);
}
