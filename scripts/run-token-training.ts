/** Runs what `train --policy token` asks for: a warm start, steps by reward, evaluation before and after. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../envs/environment.ts";
import { UsageError } from "../src/errors.ts";
import { Random } from "../src/random.ts";
import { pairedBootstrap } from "../src/report/bootstrap.ts";
import type { TrainContest } from "../src/train/arena.ts";
import { DEFAULT_SHAPE, drawParameters } from "../src/train/token/shape.ts";
import {
  hasTokenCheckpoint,
  readTokenCheckpoint,
  type TokenCheckpoint,
  writeTokenCheckpoint,
} from "../src/train/token/token-checkpoint.ts";
import { scoreTokens, type TokenTests } from "../src/train/token/token-play.ts";
import { policyOf, programPolicy } from "../src/train/token/token-policy.ts";
import { goodRows, type TokenTrainOptions, trainTokens, warmStart } from "../src/train/token/token-train.ts";
import type { JsonObject } from "../src/types.ts";
import { checked, rewardOf } from "./run-training.ts";
import { reportTokens } from "./token-report.ts";
import type { TrainFlags } from "./train.ts";
import { type TrainingSession, withTraining } from "./training-session.ts";

/** A program, and two more where it failed. */
const MAX_TURNS = 3;
/** Groups in an update. */
const GROUPS = 8;
/** Episodes of each task in an evaluation, since what the policy writes is drawn. */
const TIMES = 4;

export async function runTokenTraining(
  environments: readonly Environment[],
  flags: TrainFlags,
): Promise<void> {
  checked(flags);
  const setup = {
    make: { limits: { maxTurns: MAX_TURNS }, reward: rewardOf(flags) },
    begin: async ({ options, train }: TrainingSession["contests"]) => {
      const without = train.find(({ skills }) => !skills.programs);
      if (without)
        throw new UsageError(`train: ${without.environment} has no programs to teach a token policy`);
      return beginning(environments, flags, options);
    },
    episodes: () => flags.updates * (flags["tasks-per-update"] ?? GROUPS) * flags["group-size"],
  };
  await withTraining(environments, flags, setup, (session) => teach(flags, session));
}

async function teach(flags: TrainFlags, session: TrainingSession): Promise<void> {
  const { contests, config, backend, lines, playing, evaluator } = session;
  const options: TokenTrainOptions = {
    ...playing,
    contests: contests.train,
    trainTasks: flags["train-tasks"],
    warmSteps: flags["warm-steps"],
    updates: flags.updates,
    tasksPerUpdate: flags["tasks-per-update"] ?? GROUPS,
    groupSize: flags["group-size"],
    folder: flags.out,
    onUpdate: lines.onUpdate,
  };
  const heldOutTests: TokenTests = {
    ...playing,
    keeper: evaluator,
    contests: contests.heldOut,
    tasks: flags["held-out-tasks"],
    times: TIMES,
  };
  const seenTests = { ...heldOutTests, contests: contests.train };
  const score = (name: string, checkpoint: Pick<TokenCheckpoint, "shape" | "parameters">, on: TokenTests) =>
    scoreTokens(name, (contest) => policyOf(checkpoint, contest), on);
  const shape = DEFAULT_SHAPE;
  const parameters = drawParameters(shape, Random.of(flags.seed, "token", "weights"));
  const initial = await score("untrained", { shape, parameters }, seenTests);
  const first = await warmOf(config, options);
  const warm = await score("warm", first, heldOutTests);
  process.stderr.write(
    `after the warm start ${(100 * warm.runs).toFixed(1)} % of its programs run, and it earns ${warm.reward.toFixed(3)} on held-out tasks\n`,
  );
  const start = hasTokenCheckpoint(flags.out) ? readTokenCheckpoint(flags.out) : first;
  const trained = await trainTokens(start, options);
  const final = await score(`trained@${trained.update}/seen`, trained, seenTests);
  const heldOut = await score(`trained@${trained.update}`, trained, heldOutTests);
  const differences = heldOut.byTask.map((reward, task) => reward - warm.byTask[task]!);
  const gain = pairedBootstrap(differences, flags.seed);
  const optimum = flags.optimum ? await bestProgram(heldOutTests) : null;
  lines.stop();
  await reportTokens({ flags, backend, trained, initial, warm, final, heldOut, gain, optimum });
}

/** The warm start, kept in a folder of its own so that a resumed training finds it. */
async function warmOf(config: JsonObject, options: TokenTrainOptions): Promise<TokenCheckpoint> {
  const folder = join(options.folder, "warm");
  if (hasTokenCheckpoint(folder)) return readTokenCheckpoint(folder);
  const rows = await goodRows(options);
  const onStep = (step: number, loss: number) => {
    if (step % 10 === 0)
      process.stderr.write(`warm start ${step}/${options.warmSteps}: loss ${loss.toFixed(4)} a byte\n`);
  };
  const checkpoint = await warmStart(DEFAULT_SHAPE, rows, config, { ...options, folder }, onStep);
  await writeTokenCheckpoint(options.folder, checkpoint);
  return checkpoint;
}

/** What the best of the programs that it was taught earns. */
async function bestProgram(tests: TokenTests): Promise<number> {
  const rewards: number[] = [];
  const count = Math.min(...tests.contests.map(({ skills }) => skills.programs?.length ?? 0));
  for (let place = 0; place < count; place += 1) {
    const policyFor = ({ skills }: TrainContest) => programPolicy(skills.programs![place]!, skills);
    rewards.push((await scoreTokens(`program ${place}`, policyFor, { ...tests, times: 1 })).reward);
  }
  return Math.max(...rewards);
}

async function beginning(
  environments: readonly Environment[],
  flags: TrainFlags,
  options: readonly JsonObject[],
): Promise<JsonObject> {
  const { seed, lambda, cost } = flags;
  const config: JsonObject = {
    environment: environments.map(({ name }) => name).join(","),
    options,
    policy: "token",
    algo: "grpo",
    seed,
    lambda,
    cost,
    warmSteps: flags["warm-steps"],
    groupSize: flags["group-size"],
    tasksPerUpdate: flags["tasks-per-update"] ?? GROUPS,
    trainTasks: flags["train-tasks"],
    subModel: flags["sub-model"] ?? null,
  };
  if (!flags.resume && existsSync(flags.out) && hasTokenCheckpoint(flags.out))
    throw new UsageError(
      `${flags.out} holds a trained policy; --resume goes on with it, or name another folder`,
    );
  // A training that was cut off in its warm start has no checkpoint yet, and begins again.
  if (flags.resume && hasTokenCheckpoint(flags.out)) {
    const found = readTokenCheckpoint(flags.out).config;
    const differing = Object.keys(config).find(
      (key) => JSON.stringify(found[key]) !== JSON.stringify(config[key]),
    );
    if (differing !== undefined)
      throw new UsageError(
        `--resume: ${flags.out} was trained with ${differing} ${JSON.stringify(found[differing])}, not ${JSON.stringify(config[differing])}`,
      );
  }
  await mkdir(join(flags.out, "warm"), { recursive: true });
  return config;
}
