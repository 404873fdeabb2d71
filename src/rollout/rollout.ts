/** Rollouts of many episodes from a program: turns the caller's options into matchups, and lets the core play them. */
import { defaultPrices } from "../cost/pricing.ts";
import { languageOf, MAKE_OPTIONS, type MakeOptions, subModelsOf } from "../env/assemble.ts";
import type { Benchmark, Environment, GivenOptions } from "../env/define.ts";
import { resolveLimits } from "../episode/limits.ts";
import { defaultSystemPrompt } from "../episode/prompt.ts";
import { UsageError } from "../errors.ts";
import { expectKnown } from "../known-options.ts";
import { PYTHON } from "../languages/python/python.ts";
import { simulatedModel } from "../models/simulated/simulated.ts";
import type { Model } from "../models/model.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import { oracle } from "../policies/strategies/oracle.ts";
import type { Matchup } from "../queue/matchup.ts";
import type { JsonObject } from "../types.ts";
import { benchmarkMatchup, type MadeWith } from "./benchmark-matchup.ts";
import { type EnvMaker, MadeEnvs, madeEnvMatchup } from "./made-env-matchup.ts";
import { expectWhole, type MatchupRun, playMatchups, type PlayOptions } from "./play-matchups.ts";
import { Rollouts } from "./rollouts.ts";

/** A policy, or the name of one of the environment's strategies; `oracle` is told the gold. */
export type PolicyChoice = string | Policy | OraclePolicy;

/** Which episodes to play, and how. */
export interface RolloutHow extends PlayOptions {
  /** The policy or policies. Several policies play the same tasks with the same seeds. */
  readonly policy: PolicyChoice | readonly PolicyChoice[];
  /** Tasks; default 20. */
  readonly episodes?: number;
  /** Rollouts of each task by each policy, which differ in their sampling seeds; default 1. */
  readonly groupSize?: number;
  /** Fixes tasks, sampling and everything random; default 0. */
  readonly seed?: number;
}

/** The same, with the environment's options. `seed` also fixes its data set. */
export interface RolloutOptions<Options = GivenOptions>
  extends RolloutHow, Omit<MakeOptions<Options>, "seed" | "repls"> {}

const HOW = {
  policy: true,
  episodes: true,
  groupSize: true,
  seed: true,
  concurrency: true,
  attempts: true,
  out: true,
  resume: true,
  plain: true,
  redis: true,
  processes: true,
  repls: true,
  replsOf: true,
  signal: true,
  onBegin: true,
  onRetry: true,
  onWarning: true,
} as const satisfies Record<keyof RolloutHow, true>;

/** The names of all options of a rollout in a named or defined environment. */
export const ROLLOUT_OPTIONS: readonly string[] = [...new Set([...Object.keys(HOW), ...MAKE_OPTIONS])];

/** Plays episodes in one environment. Throws `UsageError` at once for invalid options. */
export function rolloutIn(environment: Environment | EnvMaker, options: RolloutOptions): Rollouts {
  if (typeof environment === "function") {
    expectKnown("rollout of environments that a function makes", options, Object.keys(HOW));
    return rolloutMade(environment, options);
  }
  expectKnown("rollout", options, ROLLOUT_OPTIONS);
  expectNumbers(options);
  return playMatchups(() => plannedRun(environment, options), options);
}

function expectNumbers({ episodes = 20, groupSize = 1, seed = 0 }: RolloutHow) {
  return {
    episodes: expectWhole("episodes", episodes, 1),
    groupSize: expectWhole("groupSize", groupSize, 1),
    seed: expectWhole("seed", seed, 0),
  };
}

function rolloutMade(make: EnvMaker, options: RolloutHow): Rollouts {
  if (options.redis)
    throw new UsageError(
      "rollout: a run on Redis needs an environment by name or definition, not a function",
    );
  const numbers = expectNumbers(options);
  const policies = choices(options).map((choice) => {
    if (typeof choice !== "string") return choice;
    throw new UsageError(
      `rollout: ${JSON.stringify(choice)}: expected a policy, since a function's environments bring no strategies`,
    );
  });
  const envs = new MadeEnvs(make);
  const prepare = async (): Promise<MatchupRun> => {
    const matchup = await madeEnvMatchup(envs, policies);
    const config = {
      environment: matchup.environment,
      policies: policies.map(({ name }) => name),
      ...numbers,
    };
    return { ...numbers, matchups: [matchup], config };
  };
  return playMatchups(prepare, options, () => envs.close());
}

/** The run that the options describe; a worker of the run builds it too, to check whether it would play the same. */
export async function plannedRun(environment: Environment, options: RolloutOptions): Promise<MatchupRun> {
  const numbers = expectNumbers(options);
  const { seed } = numbers;
  const given = options.options ?? {};
  const benchmark = await environment.open(given, seed);
  const policies = choices(options).map((choice) => policyOf(environment.name, benchmark, choice));
  resolveLimits(benchmark.limits, options.limits);
  const make = madeWith(options);
  const common = { environment: environment.name, benchmark, make, judge: options.judge ?? null };
  const matchups = bySubModels(options, benchmark, policies).map((part) =>
    benchmarkMatchup({ ...common, ...part, fromFile: false }),
  );
  const config = configOf(environment, benchmark, options, matchups, numbers);
  return { ...numbers, matchups, config, ...(options.reward && { reward: options.reward }) };
}

function choices({ policy }: RolloutHow): readonly PolicyChoice[] {
  const all = Array.isArray(policy) ? (policy as readonly PolicyChoice[]) : [policy as PolicyChoice];
  if (all.length > 0 && all.every((one) => typeof one === "string" || isPolicy(one))) return all;
  throw new UsageError("rollout: policy: expected a policy, the name of a strategy, or a list of them");
}

function isPolicy(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("start" in value || "knowing" in value);
}

function policyOf(environment: string, benchmark: Benchmark, choice: PolicyChoice): Policy | OraclePolicy {
  if (typeof choice !== "string") return choice;
  if (choice === "oracle" && benchmark.oracle) return oracle(benchmark.oracle);
  const strategy = benchmark.strategies[choice];
  if (strategy) return strategy();
  const known = [...Object.keys(benchmark.strategies), ...(benchmark.oracle ? ["oracle"] : [])].join(", ");
  throw new UsageError(
    `rollout: unknown policy ${JSON.stringify(choice)} of ${environment}; expected one of ${known}, or a policy object`,
  );
}

/** If no sub-models are named, a policy that is a model answers its own sub-calls, and a simulated model those of other policies. */
function bySubModels(
  options: RolloutOptions,
  benchmark: Benchmark,
  policies: readonly (Policy | OraclePolicy)[],
): Pick<Matchup, "policies" | "subModels">[] {
  const named = subModelsOf(options.subModels);
  if (named) return [{ policies, subModels: named }];
  const simulated = [simulatedModel({ readers: benchmark.readers })];
  const parts: { policies: (Policy | OraclePolicy)[]; subModels: readonly Model[] }[] = [];
  for (const policy of policies) {
    const own = "model" in policy && policy.model ? [policy.model] : simulated;
    const last = parts.at(-1);
    if (last && last.subModels[0] === own[0]) last.policies.push(policy);
    else parts.push({ policies: [policy], subModels: own });
  }
  return parts;
}

function madeWith(options: RolloutOptions): MadeWith {
  const given = MAKE_OPTIONS.filter(
    (name) => !["options", "seed", "subModels", "repls", "judge"].includes(name),
  );
  return Object.fromEntries(
    given.flatMap((name) =>
      options[name as keyof MadeWith] === undefined ? [] : [[name, options[name as keyof MadeWith]]],
    ),
  );
}

/** Everything that decides the episodes and is plain data; functions are recorded by their source. */
function configOf(
  environment: Environment,
  benchmark: Benchmark,
  options: RolloutOptions,
  matchups: readonly Matchup[],
  numbers: ReturnType<typeof expectNumbers>,
): JsonObject {
  const {
    dialect = "repl",
    history,
    reasoning,
    maxDepth = 1,
    callsInFlight,
    limits,
    reward,
    systemPrompt,
  } = options;
  const language = languageOf(options);
  const whole = {
    environment: environment.name,
    options: [options.options ?? {}],
    policies: matchups.flatMap(({ policies }) => policies.map(({ name }) => name)),
    subModel: matchups[0]!.subModels.map(({ name }) => name),
    ...numbers,
    ...(options.plain && { plain: true }),
    dialect,
    ...(language.name !== PYTHON && { repl: language.name }),
    maxDepth,
    callsInFlight,
    history: history ?? { mode: "off" },
    ...toldOtherwise(options),
    ...(reasoning && { reasoning }),
    reward: reward ?? null,
    limits: limits ?? {},
    prices: options.prices ?? defaultPrices(),
    prompt:
      systemPrompt ??
      benchmark.systemPrompt?.(dialect) ??
      defaultSystemPrompt(dialect, "default", {}, language),
  };
  const plain = JSON.stringify(whole, (_, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
  return JSON.parse(plain) as JsonObject;
}

/** What else policies are told; only what was asked for. */
function toldOtherwise(options: RolloutOptions): JsonObject {
  const { observations, replies, budgetView, delegation, prompts } = options;
  return {
    ...(observations && { observations: { ...observations } }),
    ...(replies && { replies }),
    ...(budgetView && { budgetView }),
    ...(delegation && { delegation }),
    ...(prompts && { prompts: { ...prompts } }),
  };
}
