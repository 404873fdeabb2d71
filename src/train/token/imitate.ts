/** Trains a token policy on rows: its warm start before it learns by reward, or its whole training offline. */
import { TrainingError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { JsonObject } from "../../types.ts";
import { freshAdam } from "../adam.ts";
import type { CurvePoint } from "../checkpoint.ts";
import { stoppedAfter } from "../checkpoint-file.ts";
import type { OfflineAlgorithm } from "../choices.ts";
import { letOthersRun } from "../let-others-run.ts";
import { drawParameters, type TransformerShape } from "./shape.ts";
import { type TokenCheckpoint, writeTokenCheckpoint } from "./checkpoint.ts";
import { type SegmentRow, TokenLearner } from "./learner.ts";
import { weightsOf } from "./rows.ts";

const DEFAULT_BATCH = 8;
const WARM_RATE = 2e-2;
/** Steps over which the rate rises. */
const RISE = 10;
/** Steps of an offline training between checkpoints. */
const KEEP_EVERY = 20;

export interface Imitation {
  readonly rows: readonly SegmentRow[];
  readonly steps: number;
  /** Rows per step; default 8. */
  readonly batch?: number;
  readonly seed: number;
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** The untrained policy of a seed. */
export function untaught(shape: TransformerShape, seed: number, config: JsonObject): TokenCheckpoint {
  const parameters = drawParameters(shape, Random.of(seed, "token", "weights"));
  return { update: 0, config, shape, parameters, adam: freshAdam(parameters.length), curve: [] };
}

/** Supervised training on the rows, with a rate that rises and falls. The same seed always gives the same policy. */
export async function warmStart(
  start: TokenCheckpoint,
  { rows, steps, batch = DEFAULT_BATCH, seed, folder, signal }: Imitation,
  onStep: (step: number, loss: number) => void,
): Promise<TokenCheckpoint> {
  const learner = new TokenLearner(start.shape, start.parameters);
  try {
    const draw = drawer(rows, batch, Random.of(seed, "token", "warm"));
    for (let step = 1; step <= steps; step += 1) {
      const rate = WARM_RATE * Math.min(1, step / RISE, 0.05 + 1.5 * (1 - step / steps));
      onStep(step, learner.clone(draw(), rate));
      await letOthersRun(signal);
    }
    // Steps by reward begin with a fresh optimiser state, since supervised gradients have another scale.
    const checkpoint = { ...start, parameters: learner.parameters };
    await writeTokenCheckpoint(folder, checkpoint);
    return checkpoint;
  } finally {
    learner.dispose();
  }
}

export interface OfflineImitation extends Imitation {
  readonly algorithm: OfflineAlgorithm;
  readonly learningRate: number;
  readonly onUpdate?: (point: CurvePoint) => void;
}

/**
 * Behaviour cloning, or regression weighted by exp(advantage / β), for so many steps. All randomness comes from the seed and the number
 * of the step, so that a resumed training equals one that was never cut off. Throws `TrainingError` if a loss is not a number; the last
 * good checkpoint is then in the folder.
 */
export async function imitateOffline(
  start: TokenCheckpoint,
  options: OfflineImitation,
): Promise<TokenCheckpoint> {
  const learner = new TokenLearner(start.shape, start.parameters, start.adam);
  const { rows, steps, batch = DEFAULT_BATCH, seed, folder, signal, algorithm, learningRate } = options;
  const weights = weightsOf(rows, algorithm);
  const weighted = rows.map((row, index) => ({ ...row, weight: weights[index]! }));
  let checkpoint = start;
  try {
    while (checkpoint.update < steps) {
      const update = checkpoint.update + 1;
      const drawn = drawer(weighted, batch, Random.of(seed, "token", "offline", update))();
      const rate = learningRate * Math.min(1, update / RISE);
      const loss = learner.clone(
        drawn,
        rate,
        drawn.map(({ weight }) => weight),
      );
      const reward = drawn.reduce((sum, row) => sum + row.reward!, 0) / drawn.length;
      const none = { accuracy: 0, costUsd: null, entropy: 0, kl: 0, episodes: 0, groupsWithoutSignal: 0 };
      const point: CurvePoint = { update, reward, loss, ...none };
      const { parameters, adam } = learner;
      checkpoint = { ...checkpoint, update, parameters, adam, curve: [...checkpoint.curve, point] };
      if (update % KEEP_EVERY === 0) await writeTokenCheckpoint(folder, checkpoint);
      options.onUpdate?.(point);
      await letOthersRun(signal);
    }
    await writeTokenCheckpoint(folder, checkpoint);
    return checkpoint;
  } catch (error) {
    if (error instanceof TrainingError || signal?.aborted) await writeTokenCheckpoint(folder, checkpoint);
    throw stoppedAfter(error, checkpoint.update, folder);
  } finally {
    learner.dispose();
  }
}

/**
 * Draws batches in which each kind of row is as frequent as among all rows: sorts the rows by what they say, and takes them at
 * equal distances from an offset that is drawn.
 */
function drawer<R extends SegmentRow>(rows: readonly R[], batch: number, random: Random): () => R[] {
  const kinds = rows
    .map((row) => ({ row, key: row.input_ids.filter((_, index) => row.loss_mask[index] === 1).join() }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ row }) => row);
  return () => {
    const offset = random.random();
    return Array.from(
      { length: batch },
      (_, index) => kinds[Math.floor(((index + offset) * kinds.length) / batch)]!,
    );
  };
}
