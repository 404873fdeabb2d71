/** Does the work of `train --policy token`: a warm start, steps by reward or on saved rows, evaluation before and after. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../../src/env/define.ts";
import { UsageError } from "../../../src/errors.ts";
import { pairedBootstrap } from "../../../src/report/bootstrap.ts";
import type { TrainMatchup } from "../../../src/train/arena.ts";
import type { BackendName, OfflineAlgorithm } from "../../../src/train/choices.ts";
import { imitateOffline, untaught, warmStart } from "../../../src/train/token/imitate.ts";
import { DEFAULT_SHAPE } from "../../../src/train/token/shape.ts";
import {
  hasTokenCheckpoint,
  readTokenCheckpoint,
  type TokenCheckpoint,
  writeTokenCheckpoint,
} from "../../../src/train/token/checkpoint.ts";
import type { SegmentRow } from "../../../src/train/token/learner.ts";
import { scoreTokens, type TokenTests } from "../../../src/train/token/play.ts";
import { demonstration, policyOf } from "../../../src/train/token/policy.ts";
import { demonstratedRows, readSegments } from "../../../src/train/token/rows.ts";
import { type TokenTrainOptions, trainTokens } from "../../../src/train/token/train.ts";
import type { JsonObject } from "../../../src/types.ts";
import { reportTokens } from "./token-report.ts";
import type { TrainFlags } from "./flags.ts";
import { rewardOf, type TrainSettings, trainSettings } from "./train-settings.ts";
import { type TrainingSession, withTraining } from "./training-session.ts";

/** One program, and two more if it fails. */
const MAX_TURNS = 3;
/** Groups per update. */
const GROUPS = 8;
/** Episodes of each task in an evaluation, since the policy's programs are sampled. */
const TIMES = 4;

export async function runTokenTraining(
  environments: readonly Environment[],
  given: TrainFlags,
): Promise<void> {
  const flags = trainSettings(given);
  const rows = flags.offline === undefined ? null : await readSegments(flags.offline, DEFAULT_SHAPE);
  const groups = flags["tasks-per-update"] ?? GROUPS;
  const setup = {
    make: { limits: { maxTurns: MAX_TURNS }, reward: rewardOf(flags) },
    begin: async ({ options, train }: TrainingSession["matchups"], backend: BackendName) => {
      const without = train.find(({ skills }) => !skills.demonstrations);
      if (without)
        throw new UsageError(`train: ${without.environment} has no programs to teach a token policy`);
      return beginning(flags, { ...configOf(environments, flags, options, groups), backend });
    },
    episodes: () => (rows ? 0 : flags.updates * groups * flags["group-size"]),
    // Evaluates the untrained policy once on the training tasks, and the trained one there; both on the held-out tasks.
    evaluations: ({ train, heldOut }: TrainingSession["matchups"]) =>
      flags["held-out-tasks"] * ((1 + TIMES) * train.length + 2 * TIMES * heldOut.length),
  };
  await withTraining(environments, flags, setup, (session) => teach(flags, rows, groups, session));
}

async function teach(
  flags: TrainSettings,
  rows: readonly SegmentRow[] | null,
  groups: number,
  session: TrainingSession,
): Promise<void> {
  const { matchups, config, backend, lines, playing, evaluator } = session;
  const { seed, out: folder, updates } = flags;
  const options: TokenTrainOptions = {
    ...playing,
    matchups: matchups.train,
    trainTasks: flags["train-tasks"],
    updates,
    algorithm: flags.algo as TokenTrainOptions["algorithm"],
    learningRate: flags["learning-rate"],
    patience: flags.patience ?? Infinity,
    tasksPerUpdate: groups,
    groupSize: flags["group-size"],
    folder,
    onUpdate: lines.onUpdate,
  };
  const heldOutTests: TokenTests = {
    ...playing,
    keeper: evaluator,
    matchups: matchups.heldOut,
    tasks: flags["held-out-tasks"],
    times: TIMES,
  };
  const seenTests = { ...heldOutTests, matchups: matchups.train };
  const score = (name: string, checkpoint: Pick<TokenCheckpoint, "shape" | "parameters">, on: TokenTests) =>
    scoreTokens(name, (matchup) => policyOf(checkpoint, matchup), on);
  const blank = untaught(DEFAULT_SHAPE, seed, config);
  // An untaught policy's programs earn nothing, whatever is sampled.
  const initial = await score("untrained", blank, { ...seenTests, times: 1 });
  const first = rows ? blank : await warmOf(blank, flags["warm-steps"], options);
  const before = await score(rows ? "untrained/held-out" : "warm", first, heldOutTests);
  if (!rows)
    process.stderr.write(
      `after the warm start ${(100 * before.runs).toFixed(1)} % of its programs run, and it earns ${before.reward.toFixed(3)} on held-out tasks\n`,
    );
  const start = hasTokenCheckpoint(folder) ? readTokenCheckpoint(folder) : first;
  const { algorithm: _, ...common } = options;
  const trained = rows
    ? await imitateOffline(start, {
        ...common,
        rows,
        steps: updates,
        algorithm: flags.algo as OfflineAlgorithm,
      })
    : await trainTokens(start, options);
  const final = await score(`trained@${trained.update}/seen`, trained, seenTests);
  const heldOut = await score(`trained@${trained.update}`, trained, heldOutTests);
  const differences = heldOut.byTask.map((reward, task) => reward - before.byTask[task]!);
  const gain = pairedBootstrap(differences, seed);
  const optimum = flags.optimum ? await bestDemonstration(heldOutTests) : null;
  lines.stop();
  await reportTokens({ flags, backend, trained, initial, before, final, heldOut, gain, optimum });
}

/** The warm start, kept in its own folder so that a resumed training finds it. */
async function warmOf(
  blank: TokenCheckpoint,
  steps: number,
  options: TokenTrainOptions,
): Promise<TokenCheckpoint> {
  const folder = join(options.folder, "warm");
  if (hasTokenCheckpoint(folder)) return readTokenCheckpoint(folder);
  const rows = await demonstratedRows(options);
  const onStep = (step: number, loss: number) => {
    if (step % 10 === 0)
      process.stderr.write(`warm start ${step}/${steps}: loss ${loss.toFixed(4)} a byte\n`);
  };
  const { seed, signal } = options;
  const checkpoint = await warmStart(blank, { rows, steps, seed, folder, ...(signal && { signal }) }, onStep);
  await writeTokenCheckpoint(options.folder, checkpoint);
  return checkpoint;
}

/** The reward of the best demonstration. */
async function bestDemonstration(tests: TokenTests): Promise<number> {
  const rewards: number[] = [];
  const count = Math.min(...tests.matchups.map(({ skills }) => skills.demonstrations?.length ?? 0));
  for (let index = 0; index < count; index += 1) {
    const policyFor = ({ skills }: TrainMatchup) => demonstration(skills.demonstrations![index]!, skills);
    rewards.push((await scoreTokens(`demonstration ${index}`, policyFor, { ...tests, times: 1 })).reward);
  }
  return Math.max(...rewards);
}

/** Everything that decides the curve, which the number of updates and the stopping rule do not. */
function configOf(
  environments: readonly Environment[],
  flags: TrainSettings,
  options: readonly JsonObject[],
  groups: number,
): JsonObject {
  const { seed, lambda, cost, algo, offline } = flags;
  return {
    environment: environments.map(({ name }) => name).join(","),
    options,
    policy: "token",
    algo,
    seed,
    lambda,
    cost,
    learningRate: flags["learning-rate"],
    warmSteps: flags["warm-steps"],
    groupSize: flags["group-size"],
    tasksPerUpdate: groups,
    trainTasks: flags["train-tasks"],
    ...(offline !== undefined && { offline }),
    subModel: flags["sub-model"] ?? null,
  };
}

/** Makes the folder, or checks the one to resume against the flags. Throws `UsageError` if they do not match. */
async function beginning({ out, resume }: TrainSettings, config: JsonObject): Promise<JsonObject> {
  if (!resume && hasTokenCheckpoint(out))
    throw new UsageError(`${out} holds a trained policy; --resume continues it, or name another folder`);
  // A training that was stopped in its warm start has no checkpoint yet, and starts again.
  if (resume && hasTokenCheckpoint(out)) {
    const found = readTokenCheckpoint(out).config;
    const differing = Object.keys(config).find(
      (key) => JSON.stringify(found[key]) !== JSON.stringify(config[key]),
    );
    if (differing !== undefined)
      throw new UsageError(
        `--resume: ${out} was trained with ${differing} ${JSON.stringify(found[differing])}, not ${JSON.stringify(config[differing])}`,
      );
  }
  await mkdir(join(out, "warm"), { recursive: true });
  return config;
}
