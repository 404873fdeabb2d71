/** Does the work of `train`: opens the tasks, searches the grid, trains, evaluates, writes the curve. */
import { mkdir } from "node:fs/promises";
import type { Environment } from "../../../src/env/define.ts";
import { UsageError } from "../../../src/errors.ts";
import type { TrainMatchup } from "../../../src/train/arena.ts";
import type { Algorithm, OfflineAlgorithm } from "../../../src/train/choices.ts";
import {
  type Checkpoint,
  hasCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "../../../src/train/checkpoint.ts";
import { evaluate, type EvaluateOptions, scoreFixed, searchPlans } from "../../../src/train/evaluate.ts";
import { macroPolicy } from "../../../src/train/macro-policy.ts";
import type { Weights } from "../../../src/train/network.ts";
import { trainOffline } from "../../../src/train/offline.ts";
import { PYTHON } from "../../../src/languages/python/python.ts";
import { PLAN_GRID } from "../../../src/train/plans.ts";
import { readDecisions } from "../../../src/train/saved-decisions.ts";
import { firstCheckpoint, train, type TrainOptions } from "../../../src/train/train.ts";
import type { JsonObject } from "../../../src/types.ts";
import type { TrainFlags } from "./flags.ts";
import { rewardOf, type TrainSettings, trainSettings } from "./train-settings.ts";
import { type SessionSetup, withTraining } from "./training-session.ts";
import { BASELINES } from "../../../envs/strategies.ts";
import { reportTraining, warnOfNothing } from "./training-report.ts";

/** Turns of an episode: enough to look, find, verify, and find in another way. */
const MAX_TURNS = 6;
/** The largest norm of a gradient. */
const MAX_NORM = 1;
/**
 * Groups per update, for each kind of tasks: many small ones, since plans differ in how they do over many tasks.
 */
const GROUPS_A_KIND = 6;
/** The penalty on a group's most expensive right rollout if cost has no weight: smaller than most differences in score. */
const TIE_BREAK = 0.05;

export async function runTraining(environments: readonly Environment[], given: TrainFlags): Promise<void> {
  const flags = trainSettings(given);
  const { out: folder, seed } = flags;
  const decisions = flags.offline === undefined ? null : await readDecisions(flags.offline);
  let start: Checkpoint;
  const setup: SessionSetup = {
    make: { limits: { maxTurns: MAX_TURNS }, reward: rewardOf(flags) },
    begin: async ({ options, train: seen }, backend) => {
      const config = {
        ...configOf(environments, flags, options),
        tasksPerUpdate: groupsOf(flags, seen),
        backend,
      };
      start = await beginning(folder, flags, config);
      return start.config;
    },
    episodes: ({ train: seen }) =>
      decisions ? 0 : flags.updates * groupsOf(flags, seen) * flags["group-size"],
    // Evaluates the grid and the trained policy on held-out tasks, and the policy before and after on the training tasks.
    evaluations: ({ train: seen, heldOut }) =>
      flags["held-out-tasks"] *
      (heldOut.length * ((flags.optimum ? PLAN_GRID.length + BASELINES.length : 0) + 1) + seen.length * 2),
  };
  await withTraining(environments, flags, setup, async (session) => {
    const { matchups, config, backend, lines, playing, evaluator } = session;
    const heldOut: EvaluateOptions = {
      ...playing,
      keeper: evaluator,
      matchups: matchups.heldOut,
      tasks: flags["held-out-tasks"],
    };
    const seen: EvaluateOptions = { ...heldOut, matchups: matchups.train };
    const optimum = flags.optimum ? await searchPlans(heldOut) : null;
    const strategies = flags.optimum ? await scoreFixed(heldOut) : {};
    if (optimum) warnOfNothing(optimum.plans, flags.lambda);
    const initial = await scored("untrained", firstCheckpoint(seed, config).weights, seen);
    const { onUpdate } = lines;
    const trained = decisions
      ? await trainOffline(start, {
          algorithm: flags.algo as OfflineAlgorithm,
          decisions,
          updates: flags.updates,
          learner: { learningRate: flags["learning-rate"], maxNorm: MAX_NORM },
          seed,
          folder,
          onUpdate,
          ...(playing.signal && { signal: playing.signal }),
        })
      : await train(start, {
          ...playing,
          ...loopOptions(flags, matchups.train),
          anneal: (config.anneal as number) || null,
          folder,
          onUpdate,
        });
    const name = `trained@${trained.update}`;
    const final = await scored(name, trained.weights, seen);
    const held = await scored(name, trained.weights, heldOut);
    lines.stop();
    await reportTraining({
      folder,
      backend,
      flags,
      trained,
      initial,
      final,
      heldOut: held,
      optimum,
      strategies,
    });
  });
}

/** Plays the likeliest moves before and after training, as `rollout --policy DIR` does. */
function scored(name: string, weights: Weights, options: EvaluateOptions) {
  const policyFor = ({ skills, tiers }: TrainMatchup) =>
    macroPolicy({ weights, skills, tiers, greedy: true, name: "macro" });
  return evaluate(name, policyFor, options);
}

function groupsOf(flags: TrainSettings, matchups: readonly TrainMatchup[]): number {
  return flags["tasks-per-update"] ?? GROUPS_A_KIND * matchups.length;
}

function loopOptions(
  flags: TrainSettings,
  matchups: readonly TrainMatchup[],
): Pick<
  TrainOptions,
  "matchups" | "trainTasks" | "updates" | "tasksPerUpdate" | "groupSize" | "learner" | "tieBreak" | "patience"
> {
  return {
    matchups,
    trainTasks: flags["train-tasks"],
    updates: flags.updates,
    tasksPerUpdate: groupsOf(flags, matchups),
    groupSize: flags["group-size"],
    patience: flags.patience ?? Infinity,
    tieBreak: flags.lambda === 0 ? TIE_BREAK : 0,
    learner: {
      algorithm: flags.algo as Algorithm,
      entropyBonus: flags.entropy,
      learningRate: flags["learning-rate"],
      clip: 0.2,
      valueWeight: 0.5,
      maxNorm: MAX_NORM,
      epochs: 4,
    },
  };
}

/** Everything that decides the curve, which the number of updates and the stopping rule do not. */
function configOf(
  environments: readonly Environment[],
  flags: TrainSettings,
  options: readonly JsonObject[],
): JsonObject {
  const { policy, algo, seed, entropy, lambda, cost } = flags;
  return {
    environment: environments.map(({ name }) => name).join(","),
    repl: flags.repl,
    options,
    policy,
    algo,
    seed,
    entropy,
    lambda,
    cost,
    learningRate: flags["learning-rate"],
    anneal: flags.anneal ?? flags.updates,
    groupSize: flags["group-size"],
    trainTasks: flags["train-tasks"],
    ...(flags.offline !== undefined && { offline: flags.offline }),
    subModel: flags["sub-model"] ?? null,
  };
}

/** The checkpoint to start from: the folder's with `--resume`, otherwise a fresh one, which is written. */
async function beginning(folder: string, flags: TrainSettings, config: JsonObject): Promise<Checkpoint> {
  if (flags.resume) {
    const found = readCheckpoint(folder);
    // Checkpoints of older versions name no language, and are Python's.
    const known: JsonObject = { repl: PYTHON, ...found.config };
    const differing = Object.keys(config).find(
      (key) =>
        JSON.stringify(known[key]) !== JSON.stringify(config[key]) &&
        // More updates than were first asked for leave the rates as they were.
        !(key === "anneal" && flags.anneal === undefined),
    );
    if (differing === undefined) return found;
    throw new UsageError(
      `--resume: ${folder} was trained with ${differing} ${JSON.stringify(known[differing])}, not ${JSON.stringify(config[differing])}`,
    );
  }
  if (hasCheckpoint(folder))
    throw new UsageError(`${folder} holds a trained policy; --resume continues it, or name another folder`);
  await mkdir(folder, { recursive: true });
  const first = firstCheckpoint(flags.seed, config);
  await writeCheckpoint(folder, first);
  return first;
}
