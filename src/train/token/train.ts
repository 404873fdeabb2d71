/** Trains the token policy on its own episodes and their rewards. */
import { advantagesOf } from "../../rewards/advantages.ts";
import { Random } from "../../random.ts";
import type { Episode, PlayOptions, ProblemCache, TrainMatchup } from "../arena.ts";
import type { CurvePoint } from "../checkpoint.ts";
import { stoppedAfter } from "../checkpoint-file.ts";
import { scoreOf } from "../evaluate.ts";
import { type TokenCheckpoint, writeTokenCheckpoint } from "./checkpoint.ts";
import { TokenLearner } from "./learner.ts";
import { isStale } from "../train.ts";
import { playKept, segmentsOf } from "./play.ts";
import { policyOf } from "./policy.ts";

/** The tasks from which a token policy learns by reward, and the settings. */
export interface TokenTrainOptions extends PlayOptions {
  readonly matchups: readonly TrainMatchup[];
  readonly problems: ProblemCache;
  /** The number of different tasks of a matchup that are played. */
  readonly trainTasks: number;
  readonly updates: number;
  readonly algorithm: "grpo" | "dr_grpo";
  readonly learningRate: number;
  /** Updates without a better mean reward after which training stops; Infinity: never. */
  readonly patience: number;
  readonly tasksPerUpdate: number;
  readonly groupSize: number;
  readonly seed: number;
  readonly folder: string;
  readonly onUpdate?: (point: CurvePoint) => void;
}

/** Rows per step. */
const ROWS = 16;

/**
 * Plays groups, exports them, and takes steps on the rows, for so many updates. All randomness comes from the seed and the number of
 * the update, so that a resumed training equals one that was never cut off. Throws `TrainingError` if a loss is not a number; the last
 * good checkpoint is then in the folder.
 */
export async function trainTokens(
  start: TokenCheckpoint,
  options: TokenTrainOptions,
): Promise<TokenCheckpoint> {
  const learner = new TokenLearner(start.shape, start.parameters, start.adam);
  let checkpoint = start;
  try {
    while (checkpoint.update < options.updates && !isStale(checkpoint.curve, options.patience)) {
      const update = checkpoint.update + 1;
      const played = await playKept(await episodesOf(checkpoint, update, options), options);
      const { values, groups } = advantagesOf(
        played.map(({ episode, outcome }) => ({
          groupId: episode.groupId,
          reward: outcome.reward,
          length: 1,
        })),
        options.algorithm,
      );
      const rows = (await segmentsOf(played, values)).filter(({ train }) => train);
      const steps = [];
      for (let row = 0; row < rows.length; row += ROWS)
        steps.push(learner.reinforce(rows.slice(row, row + ROWS), options.learningRate));
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
    throw stoppedAfter(error, checkpoint.update, options.folder);
  } finally {
    learner.dispose();
  }
}

async function episodesOf(
  checkpoint: TokenCheckpoint,
  update: number,
  { matchups, problems, trainTasks, tasksPerUpdate, groupSize, seed }: TokenTrainOptions,
): Promise<Episode[]> {
  const random = Random.of(seed, "token", "update", update);
  const episodes: Episode[] = [];
  for (let task = 0; task < tasksPerUpdate; task += 1) {
    const matchup = matchups[task % matchups.length]!;
    const problem = random.choice(await problems.of(matchup, trainTasks));
    const groupId = `${matchup.environment}/${problem.task.id}/u${update}.${task}`;
    const policy = policyOf(checkpoint, matchup);
    for (let member = 0; member < groupSize; member += 1)
      episodes.push({
        matchup,
        problem,
        policy,
        seed: random.below(2 ** 31),
        rolloutId: `${groupId}.${member}`,
        groupId,
      });
  }
  return episodes;
}
