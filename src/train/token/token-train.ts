/** Teaches the token policy: by rows of good programs at first, then by its own episodes and what they earned. */
import { advantagesOf } from "../../advantages.ts";
import { DataError, TrainingError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { JsonObject } from "../../types.ts";
import type { Episode, PlayOptions, ProblemCache, TrainContest } from "../arena.ts";
import type { CurvePoint } from "../checkpoint.ts";
import { scoreOf } from "../evaluate.ts";
import { drawParameters, type TransformerShape } from "./shape.ts";
import { type TokenCheckpoint, writeTokenCheckpoint } from "./token-checkpoint.ts";
import { type SegmentRow, TokenLearner } from "./token-learner.ts";
import { playKept, segmentsOf } from "./token-play.ts";
import { policyOf, programPolicy } from "./token-policy.ts";

export interface TokenTrainOptions extends PlayOptions {
  readonly contests: readonly TrainContest[];
  readonly problems: ProblemCache;
  /** Different tasks of a contest that are played. */
  readonly trainTasks: number;
  readonly warmSteps: number;
  readonly updates: number;
  readonly tasksPerUpdate: number;
  readonly groupSize: number;
  readonly seed: number;
  readonly folder: string;
  readonly onUpdate?: (point: CurvePoint) => void;
}

const WARM_RATE = 5e-3;
const REWARD_RATE = 5e-4;
/** Rows in a step. */
const WARM_ROWS = 4;
const REWARD_ROWS = 16;
/** Tasks of each contest that each program is played on. */
const WARM_TASKS = 3;

/** Rows of the programs that earned something, played on training tasks and exported. Throws `DataError` where none did. */
export async function goodRows(options: TokenTrainOptions): Promise<SegmentRow[]> {
  const episodes: Episode[] = [];
  for (const contest of options.contests)
    for (const [place, program] of (contest.skills.programs ?? []).entries())
      for (let task = 0; task < Math.min(WARM_TASKS, options.trainTasks); task += 1) {
        const problem = await options.problems.at(contest, task);
        const groupId = `${contest.environment}/${problem.task.id}/warm`;
        const policy = programPolicy(program, contest.skills);
        episodes.push({ contest, problem, policy, seed: task, rolloutId: `${groupId}.${place}`, groupId });
      }
  const rows = await segmentsOf(await playKept(episodes, options));
  const good = rows.filter(({ train, reward }) => train && (reward ?? 0) > 0);
  if (good.length > 0) return good;
  throw new DataError(`none of ${rows.length} programs earned anything: there is nothing to begin from`);
}

/** Supervised on the rows, with a rate that rises and falls; what a seed gives is always the same. */
export async function warmStart(
  shape: TransformerShape,
  rows: readonly SegmentRow[],
  config: JsonObject,
  { warmSteps, seed, folder }: TokenTrainOptions,
  onStep: (step: number, loss: number) => void,
): Promise<TokenCheckpoint> {
  const random = Random.of(seed, "token", "warm");
  const learner = new TokenLearner(shape, drawParameters(shape, Random.of(seed, "token", "weights")));
  try {
    for (let step = 0; step < warmSteps; step += 1) {
      const batch = Array.from({ length: WARM_ROWS }, () => rows[random.below(rows.length)]!);
      const rate = WARM_RATE * Math.min(1, (step + 1) / 10, 0.05 + 1.5 * (1 - step / warmSteps));
      onStep(step + 1, learner.clone(batch, rate));
    }
    const { parameters } = learner;
    // The steps by reward begin with a fresh state: the supervised gradient's scale is another one.
    const adam = {
      steps: 0,
      first: new Float32Array(parameters.length),
      second: new Float32Array(parameters.length),
    };
    const checkpoint: TokenCheckpoint = { update: 0, config, shape, parameters, adam, curve: [] };
    await writeTokenCheckpoint(folder, checkpoint);
    return checkpoint;
  } finally {
    learner.dispose();
  }
}

/**
 * Plays groups, exports them, and steps on the rows, until so many updates are made. Chance is drawn from the seed and the number
 * of the update, so that a resumed training is the one that was not cut off. Throws `TrainingError` for a loss that is no number,
 * with the last good checkpoint in the folder.
 */
export async function trainTokens(
  start: TokenCheckpoint,
  options: TokenTrainOptions,
): Promise<TokenCheckpoint> {
  const learner = new TokenLearner(start.shape, start.parameters, start.adam);
  let checkpoint = start;
  try {
    while (checkpoint.update < options.updates) {
      const update = checkpoint.update + 1;
      const played = await playKept(await episodesOf(checkpoint, update, options), options);
      const { values, groups } = advantagesOf(
        played.map(({ episode, outcome }) => ({
          groupId: episode.groupId,
          reward: outcome.reward,
          length: 1,
        })),
        "grpo",
      );
      const rows = (await segmentsOf(played, values)).filter(({ train }) => train);
      const steps = [];
      for (let row = 0; row < rows.length; row += REWARD_ROWS)
        steps.push(learner.reinforce(rows.slice(row, row + REWARD_ROWS), REWARD_RATE));
      const point: CurvePoint = {
        update,
        ...scoreOf(played),
        entropy:
          -rows.reduce((sum, row) => sum + (row.logprobs ?? []).reduce((all, one) => all + one, 0), 0) /
          rows.length,
        kl: steps.at(-1)?.kl ?? 0,
        loss: steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length,
        episodes: played.length,
        groupsWithoutSignal: groups.total - groups.withSignal,
      };
      checkpoint = {
        ...checkpoint,
        update,
        parameters: learner.parameters,
        adam: learner.adam,
        curve: [...checkpoint.curve, point],
      };
      await writeTokenCheckpoint(options.folder, checkpoint);
      options.onUpdate?.(point);
    }
    return checkpoint;
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    throw new TrainingError(
      `update ${checkpoint.update + 1}: ${error.message}; the checkpoint of update ${checkpoint.update} is kept in ${options.folder}`,
      { cause: error },
    );
  } finally {
    learner.dispose();
  }
}

async function episodesOf(
  checkpoint: TokenCheckpoint,
  update: number,
  { contests, problems, trainTasks, tasksPerUpdate, groupSize, seed }: TokenTrainOptions,
): Promise<Episode[]> {
  const random = Random.of(seed, "token", "update", update);
  const episodes: Episode[] = [];
  for (let place = 0; place < tasksPerUpdate; place += 1) {
    const contest = contests[place % contests.length]!;
    const problem = await problems.at(contest, random.below(trainTasks));
    const groupId = `${contest.environment}/${problem.task.id}/u${update}.${place}`;
    const policy = policyOf(checkpoint, contest);
    for (let member = 0; member < groupSize; member += 1)
      episodes.push({
        contest,
        problem,
        policy,
        seed: random.below(2 ** 31),
        rolloutId: `${groupId}.${member}`,
        groupId,
      });
  }
  return episodes;
}
