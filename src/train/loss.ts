/** The losses: REINFORCE, and the clipped ratio that PPO and GRPO share, with an entropy bonus and a value term. */
import * as tf from "@tensorflow/tfjs-core";
import type { Algorithm } from "./choices.ts";
import { HEADS, KINDS, LOGITS, uses } from "./moves.ts";
import type { DrawnDecision } from "./network.ts";

export interface Sample {
  readonly decision: DrawnDecision;
  readonly advantage: number;
  /** The reward of the episode, which the value should predict. */
  readonly earned: number;
}

/** The samples as tensors. */
export interface Batch {
  readonly features: tf.Tensor2D;
  /** 1 at each choice of a head that the move used. */
  readonly chosen: tf.Tensor2D;
  /** 1 for each head that the move used. */
  readonly used: tf.Tensor2D;
  /** 0 for a legal kind, a large negative number for another. */
  readonly barred: tf.Tensor2D;
  readonly advantages: tf.Tensor1D;
  readonly logProbabilities: tf.Tensor1D;
  readonly earned: tf.Tensor1D;
}

const BARRED = -1e9;

export function batchOf(samples: readonly Sample[]): Batch {
  const decisions = samples.map(({ decision }) => decision);
  return {
    features: tf.tensor2d(decisions.map(({ features }) => [...features])),
    chosen: tf.tensor2d(decisions.map(chosenOf), [decisions.length, LOGITS]),
    used: tf.tensor2d(decisions.map(usedOf), [decisions.length, HEADS.length]),
    barred: tf.tensor2d(decisions.map(({ legal }) => legal.map((is) => (is ? 0 : BARRED)))),
    advantages: tf.tensor1d(samples.map(({ advantage }) => advantage)),
    logProbabilities: tf.tensor1d(decisions.map(({ logProbability }) => logProbability)),
    earned: tf.tensor1d(samples.map(({ earned }) => earned)),
  };
}

function usedOf({ choices }: DrawnDecision): number[] {
  const kind = KINDS[choices[0]!]!;
  return HEADS.map(({ name }) => Number(uses(kind, name)));
}

function chosenOf(decision: DrawnDecision): number[] {
  const used = usedOf(decision);
  return HEADS.flatMap(({ size }, head) =>
    Array.from({ length: size }, (_, i) => Number(used[head] === 1 && decision.choices[head] === i)),
  );
}

export interface LossOptions {
  readonly algorithm: Algorithm;
  readonly entropyBonus: number;
  /** How far the ratio of new to old probability counts, as 1 ± this. */
  readonly clip: number;
  readonly valueWeight: number;
}

/** The loss, with the policy's entropy and log-probabilities from which it is computed. `outputs`: the network's, one row per sample. */
export function lossOf(outputs: tf.Tensor2D, batch: Batch, options: LossOptions) {
  const { logProbability, entropy } = probabilities(outputs, batch);
  const value = tf.reshape(tf.slice(outputs, [0, LOGITS], [-1, 1]), [-1]);
  const surrogate =
    options.algorithm === "reinforce"
      ? tf.mul(logProbability, batch.advantages)
      : clipped(logProbability, batch, options.clip);
  const error = tf.mean(tf.square(tf.sub(value, batch.earned)));
  const valueTerm = learnsValue(options.algorithm) ? tf.mul(error, options.valueWeight) : tf.scalar(0);
  const gain = tf.add(tf.mean(surrogate), tf.mul(tf.mean(entropy), options.entropyBonus));
  return { loss: tf.reshape<tf.Rank.R0>(tf.sub(valueTerm, gain), []), logProbability, entropy };
}

/** No value is learned if the group's mean is the baseline. */
function learnsValue(algorithm: Algorithm): boolean {
  return algorithm === "reinforce" || algorithm === "ppo";
}

function clipped(logProbability: tf.Tensor, batch: Batch, clip: number): tf.Tensor {
  const ratio = tf.exp(tf.sub(logProbability, batch.logProbabilities));
  const bounded = tf.clipByValue(ratio, 1 - clip, 1 + clip);
  return tf.minimum(tf.mul(ratio, batch.advantages), tf.mul(bounded, batch.advantages));
}

/** The log-probability of each sample's move, and the entropy of the heads that it used. */
function probabilities(
  outputs: tf.Tensor2D,
  batch: Batch,
): { logProbability: tf.Tensor; entropy: tf.Tensor } {
  let start = 0;
  const heads = HEADS.map(({ size }, head) => {
    const raw = tf.slice(outputs, [0, start], [-1, size]);
    const chosen = tf.slice(batch.chosen, [0, start], [-1, size]);
    start += size;
    const all = tf.logSoftmax(head === 0 ? tf.add(raw, batch.barred) : raw);
    const used = tf.reshape(tf.slice(batch.used, [0, head], [-1, 1]), [-1]);
    return {
      logProbability: tf.sum(tf.mul(all, chosen), 1),
      entropy: tf.mul(used, tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1))),
    };
  });
  return {
    logProbability: tf.addN(heads.map((head) => head.logProbability)),
    entropy: tf.addN(heads.map((head) => head.entropy)),
  };
}
