/** The flags of `train` as checked numbers, with defaults for the kind of policy; refuses flags that do not apply to it. */
import type { Benchmark } from "../../../src/env/define.ts";
import { UsageError } from "../../../src/errors.ts";
import { PYTHON } from "../../../src/languages/python/python.ts";
import { successGatedCost } from "../../../src/rewards/cost.ts";
import { specReward } from "../../../src/rewards/from-spec.ts";
import { type Algorithm, OFFLINE_ALGORITHMS, type OfflineAlgorithm } from "../../../src/train/choices.ts";
import type { TrainFlags } from "./flags.ts";
import { wholeNumber } from "../../flags/values.ts";

type Live = Algorithm | OfflineAlgorithm;

/** The flags with all defaults filled in. */
export type TrainSettings = TrainFlags & {
  readonly algo: Live;
  readonly "group-size": number;
  readonly "train-tasks": number;
  readonly "warm-steps": number;
  readonly "learning-rate": number;
  readonly entropy: number;
};

/** The flags that do not apply to each kind of training. */
const USELESS: Readonly<Record<string, readonly string[]>> = {
  "of a macro policy": ["warm-steps"],
  "of a token policy": ["entropy", "anneal"],
  "from saved episodes": [
    "tasks-per-update",
    "group-size",
    "train-tasks",
    "entropy",
    "anneal",
    "patience",
    "warm-steps",
  ],
};

const DEFAULTS = {
  macro: { algo: "dr_grpo", rate: 0.02, offlineRate: 0.01, groupSize: 4, trainTasks: 128 },
  token: { algo: "grpo", rate: 2e-4, offlineRate: 3e-3, groupSize: 8, trainTasks: 24 },
} as const;

/** Throws `UsageError` for an invalid number, and for a flag that the training would ignore. */
export function trainSettings(flags: TrainFlags): TrainSettings {
  const { algo, rate, offlineRate, groupSize, trainTasks } = DEFAULTS[flags.policy];
  const isOffline = flags.offline !== undefined;
  const settings = {
    ...flags,
    algo: flags.algo ?? algo,
    "group-size": flags["group-size"] ?? groupSize,
    "train-tasks": flags["train-tasks"] ?? trainTasks,
    "warm-steps": flags["warm-steps"] ?? 120,
    "learning-rate": flags["learning-rate"] ?? (isOffline ? offlineRate : rate),
    entropy: flags.entropy ?? 0.2,
  };
  if ((OFFLINE_ALGORITHMS as readonly string[]).includes(settings.algo) !== isOffline)
    throw new UsageError("train: --algo bc and awr go with --offline FILE, and no other does");
  if (flags.policy === "token" && !isOffline && !settings.algo.endsWith("grpo"))
    throw new UsageError(
      `train: a token policy learns by --algo grpo or dr_grpo, or from --offline, not by ${settings.algo}`,
    );
  if (flags.policy === "token" && flags.repl !== PYTHON)
    throw new UsageError(`train: a token policy writes Python, and --repl is ${flags.repl}`);
  for (const what of [`of a ${flags.policy} policy`, ...(isOffline ? ["from saved episodes"] : [])])
    for (const name of USELESS[what]!)
      if (flags[name] !== undefined) throw new UsageError(`train: --${name} has no use in training ${what}`);
  expectNumbers(settings);
  return settings;
}

/** The reward to train on. */
export function rewardOf({ cost, lambda }: Pick<TrainSettings, "cost" | "lambda">) {
  return (score: Benchmark["score"]) =>
    cost === "gated"
      ? successGatedCost(score, lambda)
      : specReward({ terms: { cost: { type: "linear_cost", weight: lambda } } }, score);
}

function expectNumbers(settings: TrainSettings): void {
  const least = {
    updates: 1,
    "warm-steps": 1,
    "group-size": 2,
    "train-tasks": 1,
    "held-out-tasks": 1,
    "tasks-per-update": 1,
    patience: 1,
    anneal: 0,
    seed: 0,
  };
  for (const [name, number] of Object.entries(least))
    if (settings[name] !== undefined) wholeNumber(settings[name] as number, `--${name}`, number);
  for (const name of ["learning-rate", "entropy", "lambda"] as const)
    if (!(settings[name] >= 0))
      throw new UsageError(`--${name}: expected a number of at least 0, got ${settings[name]}`);
  if (settings.cost === "gated") successGatedCost(() => 0, settings.lambda);
}
