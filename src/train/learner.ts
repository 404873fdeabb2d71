/** Takes gradient steps with TensorFlow.js on the rewards of episodes. */
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { TrainingError } from "../errors.ts";
import { type AdamState, adamStep, freshAdam } from "./adam.ts";
import { type Batch, batchOf, lossOf, type LossOptions, type Sample } from "./loss.ts";
import { concat, flat, split, type Weights } from "./network.ts";

/** The loss, and the size of its steps. */
export interface LearnerOptions extends LossOptions {
  readonly learningRate: number;
  readonly maxNorm: number;
  /** Steps on the same episodes; one for REINFORCE, whose gradient holds only for the policy that played them. */
  readonly epochs: number;
}

/** The rates that change during a training. */
export type Rates = Pick<LearnerOptions, "learningRate" | "entropyBonus">;

export interface StepFigures {
  readonly loss: number;
  /** Mean entropy of a move, in nats, before the step. */
  readonly entropy: number;
  /** Mean of `r − 1 − log r` over the moves played, `r` the ratio of the new to the old probability. */
  readonly kl: number;
}

export class Learner {
  readonly #model: layers.Sequential;
  readonly #options: LearnerOptions;
  #adam: AdamState;

  /** A backend must be open. */
  constructor(weights: Weights, options: LearnerOptions, adam?: AdamState) {
    this.#options = options;
    this.#model = layers.sequential({
      layers: weights.map(({ inputs, outputs }, index) =>
        layers.layers.dense({
          units: outputs,
          activation: index === weights.length - 1 ? "linear" : "tanh",
          kernelInitializer: "zeros",
          ...(index === 0 && { inputShape: [inputs] }),
        }),
      ),
    });
    this.#adam = adam ?? freshAdam(flat(weights).length);
    this.#assign(weights, flat(weights));
    this.#shape = weights;
  }

  readonly #shape: Weights;

  get adam(): AdamState {
    return this.#adam;
  }

  get weights(): Weights {
    return split(this.#shape, this.#parameters());
  }

  /** The network's outputs by TensorFlow, a row a state. */
  outputs(features: readonly (readonly number[])[]): number[][] {
    return tf.tidy(() => {
      const inputs = tf.tensor2d(features.map((row) => [...row]));
      return (this.#model.apply(inputs) as tf.Tensor2D).arraySync();
    });
  }

  /** Steps on these samples; `rates` replaces the rates for this call. Throws `TrainingError` if a loss or a parameter is no longer a number. */
  step(samples: readonly Sample[], changes: Partial<Rates> = {}): StepFigures {
    const batch = batchOf(samples);
    const options = { ...this.#options, ...changes };
    try {
      const { epochs, algorithm } = options;
      const first = this.#once(batch, options);
      for (let epoch = 1; epoch < (algorithm === "reinforce" ? 1 : epochs); epoch += 1)
        this.#once(batch, options);
      const figures = { ...first, kl: this.#divergence(batch) };
      expectNumbers([figures.loss, figures.entropy, figures.kl], "loss");
      expectNumbers(this.#parameters(), "parameters");
      return figures;
    } finally {
      for (const tensor of Object.values(batch) as tf.Tensor[]) tensor.dispose();
    }
  }

  dispose(): void {
    this.#model.dispose();
  }

  #once(batch: Batch, options: LearnerOptions): { loss: number; entropy: number } {
    let entropy = Number.NaN;
    const { value, grads } = tf.variableGrads(() => {
      const losses = lossOf(this.#model.apply(batch.features) as tf.Tensor2D, batch, options);
      entropy = tf.mean(losses.entropy).dataSync()[0]!;
      return losses.loss;
    }, this.#variables());
    const loss = value.dataSync()[0]!;
    value.dispose();
    const gradient = concat(this.#variables().map(({ name }) => grads[name]!.dataSync() as Float32Array));
    tf.dispose(grads);
    const parameters = this.#parameters();
    this.#adam = adamStep(this.#adam, parameters, gradient, options);
    this.#assign(this.#shape, parameters);
    return { loss, entropy };
  }

  #divergence(batch: Batch): number {
    return tf.tidy(() => {
      const outputs = this.#model.apply(batch.features) as tf.Tensor2D;
      const { logProbability } = lossOf(outputs, batch, this.#options);
      const logRatio = tf.sub(logProbability, batch.logProbabilities);
      return tf.mean(tf.sub(tf.sub(tf.exp(logRatio), 1), logRatio)).dataSync()[0]!;
    });
  }

  #variables(): tf.Variable[] {
    return this.#model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  #parameters(): Float32Array {
    return concat(this.#variables().map((variable) => variable.dataSync() as Float32Array));
  }

  #assign(shape: Weights, parameters: Float32Array): void {
    tf.tidy(() => {
      const tensors = split(shape, parameters).flatMap(({ inputs, outputs, kernel, bias }) => [
        tf.tensor2d(kernel, [inputs, outputs]),
        tf.tensor1d(bias),
      ]);
      this.#model.setWeights(tensors);
    });
  }
}

function expectNumbers(values: Iterable<number>, what: string): void {
  for (const value of values)
    if (!Number.isFinite(value))
      throw new TrainingError(`the ${what} became ${value}; try a smaller --learning-rate`);
}
