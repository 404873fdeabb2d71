/** Gradient steps of the transformer on rows of the export `segments`: supervised, or by clipped ratios and advantages. */
import * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "../../errors.ts";
import { type AdamState, adamStep, freshAdam } from "../adam.ts";
import { concat } from "../network.ts";
import { logProbabilities } from "./forward.ts";
import { countOf, parametersOf, type TransformerShape, viewsOf } from "./shape.ts";

/** The fields of a row of `segments` that are used. */
export interface SegmentRow {
  readonly input_ids: readonly number[];
  readonly loss_mask: readonly (0 | 1)[];
  readonly logprobs: readonly number[] | null;
  readonly reward: number | null;
  readonly advantage: number | null;
  readonly train: boolean;
}

const CLIP = 0.2;
const MAX_NORM = 1;
/** With a parameter beyond this, the model writes nothing sensible, and the next loss would not be a number. */
const MOST_PARAMETER = 1e4;

export class TokenLearner {
  readonly #shape: TransformerShape;
  readonly #variables: Map<string, tf.Variable>;
  #adam: AdamState;

  /** A backend must be open. */
  constructor(shape: TransformerShape, parameters: Float32Array, adam?: AdamState) {
    this.#shape = shape;
    this.#adam = adam ?? freshAdam(parameters.length);
    const views = viewsOf(shape, parameters);
    this.#variables = new Map(
      parametersOf(shape).map(({ name, size }) => [
        name,
        tf.variable(tf.tensor(views.get(name)!.slice(), [...size])),
      ]),
    );
  }

  get adam(): AdamState {
    return this.#adam;
  }

  get parameters(): Float32Array {
    return concat([...this.#variables.values()].map((variable) => variable.dataSync() as Float32Array));
  }

  /** Takes a supervised step. Returns the mean negative log-probability of the trained ids before it, weighted by row if weights are given. */
  clone(rows: readonly SegmentRow[], learningRate: number, weights?: readonly number[]): number {
    const weighted = rows.map((row, index) => ({ ...row, advantage: weights?.[index] ?? 1 }));
    return this.#step(weighted, learningRate, (logs, _, weight) => tf.neg(tf.mul(logs, weight)));
  }

  /**
   * Takes a step on the clipped surrogate, with the rows' advantages and the log-probabilities at which the ids were sampled. `kl`: the
   * mean of `r − 1 − log r` over the ids before the step, where `r` is the ratio of the present to the sampled probability.
   */
  reinforce(
    rows: readonly SegmentRow[],
    learningRate: number,
  ): { readonly loss: number; readonly kl: number } {
    const trained = rows.reduce(
      (sum, row) => sum + row.loss_mask.reduce<number>((all, one) => all + one, 0),
      0,
    );
    let kl = 0;
    const loss = this.#step(rows, learningRate, (logs, before, advantages, mask) => {
      const moved = tf.sub(logs, before);
      const ratio = tf.exp(moved);
      kl = tf.sum(tf.mul(mask, tf.sub(tf.sub(ratio, 1), moved))).dataSync()[0]! / trained;
      const bounded = tf.clipByValue(ratio, 1 - CLIP, 1 + CLIP);
      return tf.neg(tf.minimum(tf.mul(ratio, advantages), tf.mul(bounded, advantages)));
    });
    return { loss, kl };
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }

  #step(
    rows: readonly SegmentRow[],
    learningRate: number,
    lossOf: (logs: tf.Tensor, before: tf.Tensor, advantages: tf.Tensor, mask: tf.Tensor) => tf.Tensor,
  ): number {
    const batch = batchOf(rows);
    const variables = [...this.#variables.values()];
    const { value, grads } = tf.variableGrads(() => {
      const ids = tf.tensor2d(batch.ids, [rows.length, batch.length], "int32");
      const logs = logProbabilities(this.#shape, this.#variables, ids, tf.tensor1d(batch.targets, "int32"));
      const mask = tf.tensor1d(batch.mask);
      const losses = lossOf(logs, tf.tensor1d(batch.before), tf.tensor1d(batch.advantages), mask);
      return tf.div<tf.Scalar>(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
    }, variables);
    const loss = value.dataSync()[0]!;
    const gradient = concat(variables.map(({ name }) => grads[name]!.dataSync() as Float32Array));
    tf.dispose([value, ...Object.values(grads)]);
    const { parameters } = this;
    if (!Number.isFinite(loss) || gradient.some((one) => !Number.isFinite(one)))
      throw new TrainingError(`the loss became ${loss}; try a smaller --learning-rate`);
    const adam = adamStep(this.#adam, parameters, gradient, { learningRate, maxNorm: MAX_NORM });
    const wild = parameters.find((one) => !(Math.abs(one) < MOST_PARAMETER));
    if (wild !== undefined)
      throw new TrainingError(`a parameter became ${wild}; try a smaller --learning-rate`);
    this.#adam = adam;
    let start = 0;
    for (const [index, parameter] of parametersOf(this.#shape).entries()) {
      const next = parameters.slice(start, (start += countOf(parameter)));
      tf.tidy(() => variables[index]!.assign(tf.tensor(next, [...parameter.size])));
    }
    return loss;
  }
}

/** Rows padded at their end to one length. The target of each id is the id after it. */
function batchOf(rows: readonly SegmentRow[]) {
  const length = Math.max(...rows.map(({ input_ids: ids }) => ids.length)) - 1;
  const column = (read: (row: SegmentRow, position: number) => number) =>
    rows.flatMap((row) =>
      Array.from({ length }, (_, position) =>
        position + 1 < row.input_ids.length ? read(row, position) : 0,
      ),
    );
  return {
    length,
    ids: column((row, position) => row.input_ids[position]!),
    targets: column((row, position) => row.input_ids[position + 1]!),
    mask: column((row, position) => row.loss_mask[position + 1]!),
    before: column((row, position) => row.logprobs?.[position + 1] ?? 0),
    advantages: column((row) => row.advantage ?? 0),
  };
}
