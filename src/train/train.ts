/** The training loop: plays groups, computes advantages, takes a step, and writes a checkpoint. */
import { Random } from "../random.ts";
import type { JsonObject } from "../types.ts";
import { credit, type Played } from "./advantage.ts";
import { type Episode, play, type PlayOptions, type ProblemCache, type TrainMatchup } from "./arena.ts";
import { type Checkpoint, type CurvePoint, writeCheckpoint } from "./checkpoint.ts";
import { stoppedAfter } from "./checkpoint-file.ts";
import { Curriculum } from "./curriculum.ts";
import { scoreOf } from "./evaluate.ts";
import { Learner, type LearnerOptions, type Rates } from "./learner.ts";
import { macroPolicy } from "./macro-policy.ts";
import { type DrawnDecision, drawWeights, type Weights } from "./network.ts";

/** The tasks from which a macro policy learns by reward, and the algorithm. */
export interface TrainOptions extends PlayOptions {
  /** Of one environment, from the shortest to the longest. */
  readonly matchups: readonly TrainMatchup[];
  readonly problems: ProblemCache;
  /** The number of different tasks of a matchup that are played. */
  readonly trainTasks: number;
  readonly updates: number;
  readonly tasksPerUpdate: number;
  readonly groupSize: number;
  readonly learner: LearnerOptions;
  /** Separates rollouts of equal reward by their cost; see `advantage.ts`. */
  readonly tieBreak: number;
  /** Updates over which the bonus on entropy falls to 0 and the learning rate to a twentieth; null: both stay. */
  readonly anneal: number | null;
  readonly seed: number;
  /** Updates without a better mean reward after which training stops; Infinity: never. */
  readonly patience: number;
  readonly folder: string;
  readonly onUpdate?: (point: CurvePoint) => void;
}

/** Nodes of each hidden layer. */
const HIDDEN = 32;
/** Updates whose mean reward early stopping looks at, and how much more counts as better. */
const WINDOW = 10;
const BETTER_BY = 0.002;

/** The checkpoint of an untrained policy; the same seed always gives the same one. */
export function firstCheckpoint(seed: number, config: JsonObject): Checkpoint {
  const weights = drawWeights(Random.of(seed, "train", "weights"), HIDDEN);
  const size = weights.reduce((sum, { kernel, bias }) => sum + kernel.length + bias.length, 0);
  const adam = { steps: 0, first: new Float32Array(size), second: new Float32Array(size) };
  return { update: 0, config, weights, adam, success: {}, curve: [] };
}

/**
 * Trains from a checkpoint until so many updates are made, or until rewards no longer improve. All randomness comes from the seed and
 * the number of the update, so that a resumed training equals one that was never cut off. Throws `TrainingError` if a loss is not a
 * number; the last good checkpoint is then in the folder.
 */
export async function train(start: Checkpoint, options: TrainOptions): Promise<Checkpoint> {
  const { updates, matchups, patience, folder, onUpdate } = options;
  const learner = new Learner(start.weights, options.learner, start.adam);
  const curriculum = new Curriculum(
    matchups.map(({ environment, label }) => ({ name: label, track: environment })),
    start.success,
  );
  let checkpoint = start;
  try {
    while (checkpoint.update < updates && !isStale(checkpoint.curve, patience)) {
      const update = checkpoint.update + 1;
      const played = await playUpdate(update, learner.weights, curriculum, options);
      const point = pointOf(update, played, learner, options);
      see(curriculum, played);
      checkpoint = {
        ...checkpoint,
        update,
        weights: learner.weights,
        adam: learner.adam,
        success: curriculum.success,
        curve: [...checkpoint.curve, point],
      };
      await writeCheckpoint(folder, checkpoint);
      onUpdate?.(point);
    }
    return checkpoint;
  } catch (error) {
    throw stoppedAfter(error, checkpoint.update, folder);
  } finally {
    learner.dispose();
  }
}

type PlayedIn = Played & { readonly matchup: TrainMatchup };

async function playUpdate(
  update: number,
  weights: Weights,
  curriculum: Curriculum,
  options: TrainOptions,
): Promise<PlayedIn[]> {
  const { matchups, problems, trainTasks, tasksPerUpdate, groupSize, seed } = options;
  const random = Random.of(seed, "train", "update", update);
  const episodes: (Episode & { readonly decisions: DrawnDecision[] })[] = [];
  for (const [place, kind] of curriculum.draw(update, tasksPerUpdate, random).entries()) {
    const matchup = matchups[kind]!;
    const problem = random.choice(await problems.of(matchup, trainTasks));
    const groupId = `${matchup.environment}/${problem.task.id}/u${update}.${place}`;
    // The sub-models make the same mistakes for all members of a group, so that their rewards differ by their moves alone.
    const shared = random.below(2 ** 31);
    for (let member = 0; member < groupSize; member += 1) {
      const decisions: DrawnDecision[] = [];
      const draws = Random.of(seed, "train", "moves", update, place, member);
      const { skills, tiers } = matchup;
      const onDecision = (decision: DrawnDecision) => void decisions.push(decision);
      episodes.push({
        matchup,
        problem,
        policy: macroPolicy({ weights, skills, tiers, draws, onDecision }),
        seed: shared,
        rolloutId: `${groupId}.${member}`,
        groupId,
        decisions,
      });
    }
  }
  const outcomes = await play(episodes, options);
  return episodes.map(({ matchup, groupId, decisions }, index) => ({
    matchup,
    groupId,
    decisions,
    outcome: outcomes[index] ?? null,
  }));
}

function pointOf(
  update: number,
  played: readonly PlayedIn[],
  learner: Learner,
  options: TrainOptions,
): CurvePoint {
  const { samples, groupsWithoutSignal } = credit(played, options.learner.algorithm, options.tieBreak);
  const figures = learner.step(samples, ratesAt(update, options));
  const usable = played.flatMap(({ outcome }) => (outcome ? [{ outcome }] : []));
  return { update, ...scoreOf(usable), ...figures, episodes: usable.length, groupsWithoutSignal };
}

/** The share of the learning rate that is left at the end. */
const LAST_RATE = 0.05;

function ratesAt(update: number, { learner, anneal }: Pick<TrainOptions, "learner" | "anneal">): Rates {
  const { learningRate, entropyBonus } = learner;
  const gone = anneal === null ? 0 : Math.min(1, (update - 1) / anneal);
  return {
    learningRate: learningRate * (1 - (1 - LAST_RATE) * gone),
    entropyBonus: entropyBonus * (1 - gone),
  };
}

function see(curriculum: Curriculum, played: readonly PlayedIn[]): void {
  const labels = new Set(played.map(({ matchup }) => matchup.label));
  for (const label of labels) {
    const own = played.flatMap(({ matchup, outcome }) =>
      matchup.label === label && outcome ? [outcome.score] : [],
    );
    if (own.length > 0) curriculum.see(label, own.reduce((sum, score) => sum + score, 0) / own.length);
  }
}

/** Whether the best mean reward of a window lies more than `patience` updates back. */
export function isStale(curve: readonly Pick<CurvePoint, "reward">[], patience: number): boolean {
  let best = { reward: -Infinity, at: 0 };
  for (let end = WINDOW; end <= curve.length; end += 1) {
    const window = curve.slice(end - WINDOW, end);
    const reward = window.reduce((sum, point) => sum + point.reward, 0) / WINDOW;
    if (reward > best.reward + BETTER_BY) best = { reward, at: end };
  }
  return curve.length >= WINDOW && curve.length - best.at >= patience;
}
