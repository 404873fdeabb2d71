/** The flags that say which episodes are played; `rollout` and `compare` share them. */
import { PROMPT_STYLES } from "../../../src/episode/prompt.ts";
import yargs, { type Argv, type InferredOptionTypes, type Options } from "yargs";
import { Parser } from "yargs/helpers";
import { DEADLINE_FLAG } from "../../flags/deadline-flag.ts";
import { withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { HISTORY_FLAG } from "../../flags/history-flag.ts";
import { REASONING_FLAG } from "../../flags/server-flags.ts";
import { type LimitFlags, withLimitFlags } from "../../flags/limit-flags.ts";
import { type ModelFlags, withModelFlags } from "../../flags/model-flags.ts";
import { RECURSION_FLAGS } from "../../flags/recursion-flags.ts";
import { REDIS_FLAGS } from "../../flags/redis-flags.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { EXPLAIN_FLAG } from "../../output/explain.ts";
import { LOG_FLAG } from "../../output/run-log.ts";

const FLAGS = {
  env: { type: "string", describe: "file that exports an environment of your own, instead of a name" },
  episodes: { type: "number", default: 20, describe: "episodes for each policy and length" },
  "group-size": {
    type: "number",
    default: 1,
    describe: "rollouts of each task by each policy, with different sampling seeds",
  },
  seed: { type: "number", default: 0, describe: "fixes tasks, sampling and everything random" },
  out: { type: "string", describe: "new folder for the run (default: runs/<environment>-<time>)" },
  attempts: {
    type: "number",
    default: 3,
    describe: "attempts at an episode, where a fault of the machinery may pass",
  },
  resume: {
    type: "boolean",
    default: false,
    describe:
      "go on with the run in --out, or --resume RUN with the flags that RUN was begun with: play what is missing and what failed by a fault",
  },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  deadline: DEADLINE_FLAG,
  ...REDIS_FLAGS,
  dialect: {
    choices: ["repl", "tool"] as const,
    default: "repl" as const,
    describe: "fenced blocks, or native function calls",
  },
  history: HISTORY_FLAG,
  reasoning: REASONING_FLAG,
  ...RECURSION_FLAGS,
  clock: {
    choices: ["fixed", "host"] as const,
    default: "fixed" as const,
    describe:
      "begin at the same moment in every episode, or follow the host's clock, whose readings are recorded",
  },
  isolation: {
    choices: ["thread", "process"] as const,
    default: "thread" as const,
    describe: "run Python workers in threads, or each in a process under Node's permission model",
  },
  wheels: { type: "string", describe: "folder of pure-Python wheels that the REPL finds imported" },
  prompt: { type: "string", describe: "file with another system prompt; its hash is recorded" },
  "prompt-style": {
    choices: PROMPT_STYLES,
    default: "default" as const,
    describe:
      "wording of prompts and observations: for most models, for small ones, or close to the RLM paper's",
  },
  "several-blocks": {
    type: "boolean",
    default: false,
    describe: "run all code blocks of a message, and not the first alone",
  },
  lambda: { type: "number", describe: "weight of cost in the reward, from 0 to 1" },
  "adaptive-budget": {
    type: "string",
    describe:
      "mean cost to aim at, such as 0.01 (dollars) or 20000tokens: its price in the reward follows the costs, and is saved with the run; not with --redis, whose workers would not know the price of the moment",
  },
  reward: {
    type: "string",
    describe: "file of another reward, JSON, YAML or TypeScript, in the default's place",
  },
  plain: {
    type: "boolean",
    default: false,
    describe: "write the texts of encrypted sets in plain: keep such a run off the web",
  },
  prices: {
    type: "string",
    describe: "JSON file with prices per million tokens, instead of the built-in table",
  },
  otel: {
    type: "boolean",
    default: false,
    describe:
      "send OpenTelemetry traces and metrics of ended episodes to OTEL_EXPORTER_OTLP_ENDPOINT; on Redis this process does it for its workers",
  },
  ...LOG_FLAG,
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the closing table as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type RolloutFlags = { environment?: string } & InferredOptionTypes<typeof FLAGS> &
  ModelFlags &
  LimitFlags;

/** The headings of the help, in their order, and the flags that each heads. Environments add their own. */
const HEADINGS: Readonly<Record<string, readonly string[]>> = {
  "Who plays, and which tasks:": ["policy", "env", "episodes", "group-size", "seed"],
  // All that no other heading names.
  "Models and servers:": [],
  "The run:": [
    "out",
    "resume",
    "concurrency",
    "attempts",
    "deadline",
    ...Object.keys(REDIS_FLAGS),
    "requests-per-minute",
    "tokens-per-minute",
    "run-calls-in-flight",
    "plain",
  ],
  "What models are told:": ["dialect", "prompt", "prompt-style", "several-blocks", "history", "reasoning"],
  "Sub-calls:": ["sub-model", "max-depth", "calls-in-flight"],
  "The REPL:": ["clock", "isolation", "wheels"],
  "Reward and prices:": ["reward", "lambda", "adaptive-budget", "prices", "judge"],
  "Output:": ["json", "explain", "log", "otel", "debug", "help", "version"],
};

/** Adds everything that says which episodes are played, with the flags of the environments that the arguments name. */
export async function withEpisodeFlags(argv: Argv, args: readonly string[]): Promise<Argv<RolloutFlags>> {
  const base = withRunFlags(
    argv.positional("environment", { type: "string", describe: "a name, or several with commas between" }),
  );
  const environments = await environmentsAmong(args);
  return environments.reduce(withEnvironmentFlags, base) as Argv<RolloutFlags>;
}

function withRunFlags(argv: Argv): Argv {
  const before = new Set(keysOf(argv).key);
  const all = withModelFlags(argv.options(FLAGS));
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

/** Yargs tells its options by a method that its types leave out. */
function keysOf(argv: Argv): { readonly key: readonly string[]; readonly boolean: readonly string[] } {
  const { key, alias, boolean } = (argv as unknown as { getOptions(): ParserOptions }).getOptions();
  const others = new Set(Object.values(alias).flat());
  return { key: Object.keys(key).filter((name) => !others.has(name)), boolean };
}

/** The environments that the arguments name, for their flags; none where they name none. */
export async function environmentsAmong(args: readonly string[]) {
  const { _: words, env } = Parser([...args], { boolean: [...booleanFlags()], string: ["env"] });
  const [, name] = words;
  if (name === undefined && env === undefined) return [];
  return loadEnvironments(name?.toString(), env as string | undefined);
}
