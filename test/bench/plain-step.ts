/** The gradient step of the macro policy as plain loops over typed arrays: the floor that TensorFlow.js is measured against. */
import { adamStep, type AdamState } from "../../src/train/adam.ts";
import type { LearnerOptions } from "../../src/train/learner.ts";
import type { Sample } from "../../src/train/loss.ts";
import { HEADS, KINDS, LOGITS, uses } from "../../src/train/moves.ts";
import { flat, split, type Weights } from "../../src/train/network.ts";

/** One step of Dr. GRPO on these samples: forwards, backwards and Adam. */
export function plainStep(
  weights: Weights,
  adam: AdamState,
  samples: readonly Sample[],
  options: LearnerOptions,
): { readonly weights: Weights; readonly adam: AdamState } {
  const gradient = new Float32Array(flat(weights).length);
  const into = split(weights, gradient).map(({ kernel, bias }) => ({ kernel, bias }));
  for (const sample of samples) addGradient(weights, sample, options, samples.length, into);
  const parameters = flat(weights);
  const summed = flat(weights.map((layer, index) => ({ ...layer, ...into[index]! })));
  const next = adamStep(adam, parameters, summed, options);
  return { weights: split(weights, parameters), adam: next };
}

function addGradient(
  weights: Weights,
  sample: Sample,
  options: LearnerOptions,
  count: number,
  into: readonly { readonly kernel: Float32Array; readonly bias: Float32Array }[],
): void {
  const layers = forwards(weights, sample.decision.features);
  let error = outputError(layers.at(-1)!, sample, options, count);
  for (let index = weights.length - 1; index >= 0; index -= 1) {
    const { inputs, outputs, kernel } = weights[index]!;
    const below = layers[index]!;
    const next = new Float32Array(inputs);
    const { kernel: kernelSum, bias: biasSum } = into[index]!;
    for (let column = 0; column < outputs; column += 1) biasSum[column]! += error[column]!;
    for (let row = 0; row < inputs; row += 1) {
      let sum = 0;
      for (let column = 0; column < outputs; column += 1) {
        kernelSum[row * outputs + column]! += below[row]! * error[column]!;
        sum += kernel[row * outputs + column]! * error[column]!;
      }
      next[row] = sum * (1 - below[row]! ** 2);
    }
    error = next;
  }
}

/** The features, then what each layer gives. */
function forwards(weights: Weights, features: readonly number[]): Float32Array[] {
  const layers = [Float32Array.from(features)];
  for (const [index, { inputs, outputs, kernel, bias }] of weights.entries()) {
    const below = layers[index]!;
    const next = Float32Array.from(bias);
    for (let row = 0; row < inputs; row += 1)
      for (let column = 0; column < outputs; column += 1)
        next[column]! += below[row]! * kernel[row * outputs + column]!;
    layers.push(index === weights.length - 1 ? next : next.map(Math.tanh));
  }
  return layers;
}

/** The loss by each output. */
function outputError(
  outputs: Float32Array,
  { decision, advantage }: Sample,
  { clip, entropyBonus }: LearnerOptions,
  count: number,
): Float32Array {
  const kind = KINDS[decision.choices[0]!]!;
  const error = new Float32Array(outputs.length);
  const heads = headsOf(outputs.subarray(0, LOGITS), decision.legal).map((head, index) => ({
    ...head,
    used: uses(kind, HEADS[index]!.name),
    choice: decision.choices[index]!,
  }));
  const logProbability = heads.reduce((sum, head) => sum + (head.used ? head.logs[head.choice]! : 0), 0);
  const ratio = Math.exp(logProbability - decision.logProbability);
  const bounded = Math.min(1 + clip, Math.max(1 - clip, ratio));
  const pull = ratio * advantage <= bounded * advantage ? ratio * advantage : 0;
  for (const { start, logs, used, choice } of heads) {
    if (!used) continue;
    const entropy = -logs.reduce((sum, log) => sum + (log === -Infinity ? 0 : Math.exp(log) * log), 0);
    for (const [index, log] of logs.entries()) {
      if (log === -Infinity) continue;
      const probability = Math.exp(log);
      const towards = (index === choice ? 1 : 0) - probability;
      error[start + index] = (entropyBonus * probability * (log + entropy) - pull * towards) / count;
    }
  }
  return error;
}

function headsOf(logits: Float32Array, legal: readonly boolean[]): { start: number; logs: number[] }[] {
  let start = 0;
  return HEADS.map(({ size }, head) => {
    const own = [...logits.subarray(start, start + size)].map((logit, i) =>
      head === 0 && !legal[i] ? -Infinity : logit,
    );
    start += size;
    const most = Math.max(...own);
    const logSum = most + Math.log(own.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
    return { start: start - size, logs: own.map((logit) => logit - logSum) };
  });
}
