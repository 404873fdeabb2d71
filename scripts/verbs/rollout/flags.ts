/** The flags that say which episodes are played; `rollout` and `compare` share them. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import { DEADLINE_FLAG } from "../../flags/deadline-flag.ts";
import { withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { type LimitFlags, withLimitFlags } from "../../flags/limit-flags.ts";
import { type ModelFlags, withModelFlags } from "../../flags/model-flags.ts";
import { PROMPT_FLAGS } from "../../flags/prompt-flags.ts";
import { RECURSION_FLAGS } from "../../flags/recursion-flags.ts";
import { REDIS_FLAGS } from "../../flags/redis-flags.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
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
    describe: "go on with the run in --out: play what is missing and what failed by a fault",
  },
  concurrency: { type: "number", describe: "episodes at a time (default: the number of cores)" },
  deadline: DEADLINE_FLAG,
  ...REDIS_FLAGS,
  ...PROMPT_FLAGS,
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
  json: { type: "boolean", default: false, describe: "print the closing table as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type RolloutFlags = { environment?: string } & InferredOptionTypes<typeof FLAGS> &
  ModelFlags &
  LimitFlags;

/** Adds everything that says which episodes are played, with the flags of the environments that the arguments name. */
export async function withEpisodeFlags(argv: Argv, args: readonly string[]): Promise<Argv<RolloutFlags>> {
  const base = withLimitFlags(
    withModelFlags(
      argv
        .positional("environment", { type: "string", describe: "a name, or several with commas between" })
        .options(FLAGS),
    ),
  );
  const environments = await environmentsAmong(args);
  return environments.reduce(withEnvironmentFlags, base) as Argv<RolloutFlags>;
}

/** The environments that the arguments name, for their flags; none where they name none. */
export async function environmentsAmong(args: readonly string[]) {
  const { _: words, env } = Parser([...args], {
    boolean: ["json", "otel", "resume", "plain", "debug", "help", "version"],
    string: ["env"],
  });
  const [, name] = words;
  if (name === undefined && env === undefined) return [];
  return loadEnvironments(name?.toString(), env as string | undefined);
}
