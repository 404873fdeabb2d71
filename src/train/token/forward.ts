/** The transformer's log-probabilities in TensorFlow, for whole texts at once, so that gradients can be taken. */
import * as tf from "@tensorflow/tfjs-core";
import { VOCABULARY } from "./bytes.ts";
import { product } from "./product.ts";
import type { TransformerShape } from "./shape.ts";

const EPSILON = 1e-5;
const UNSEEN = -1e9;

/**
 * @param ids a matrix: one row per text
 * @param targets the id that follows each id, flat
 * @returns the log-probability of each target, flat
 */
export function logProbabilities(
  shape: TransformerShape,
  variables: ReadonlyMap<string, tf.Tensor>,
  ids: tf.Tensor2D,
  targets: tf.Tensor1D,
): tf.Tensor1D {
  const { width, layers } = shape;
  const [texts, length] = ids.shape;
  const of = (name: string) => variables.get(name)!;
  const rows = texts * length;
  const embedding = of("embedding") as tf.Tensor2D;
  const positions = tf.slice(of("position") as tf.Tensor2D, [0, 0], [length, width]);
  let state: tf.Tensor = tf.add(tf.gather(embedding, ids), positions);
  const unseen = tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, i) =>
      i % length > Math.floor(i / length) ? UNSEEN : 0,
    ),
    [length, length],
  );
  for (let layer = 0; layer < layers; layer += 1) {
    const at = (name: string) => of(`${layer}.${name}`);
    const dense = (inputs: tf.Tensor, name: string) =>
      tf.add(product(tf.reshape(inputs, [rows, -1]), at(`${name}.kernel`)), at(`${name}.bias`));
    const norm = (name: string) => normalised(state, at(`${name}.gain`), at(`${name}.bias`));
    const seen = attend(dense(norm("before"), "attention"), shape, { texts, length, unseen });
    state = tf.add(state, tf.reshape(dense(seen, "joined"), [texts, length, width]));
    const wide = dense(norm("between"), "wide");
    const narrow = dense(tf.mul(wide, tf.sigmoid(wide)), "narrow");
    state = tf.add(state, tf.reshape(narrow, [texts, length, width]));
  }
  const last = tf.reshape(normalised(state, of("last.gain"), of("last.bias")), [rows, width]);
  const logs = tf.logSoftmax(product(last, tf.transpose(embedding)));
  return tf.sum(tf.mul(logs, tf.oneHot(targets, VOCABULARY)), 1);
}

function attend(
  three: tf.Tensor,
  { width, heads }: TransformerShape,
  { texts, length, unseen }: { texts: number; length: number; unseen: tf.Tensor },
): tf.Tensor {
  const size = width / heads;
  const [queries, keys, values] = [0, 1, 2].map((part) => {
    const own = tf.slice(three as tf.Tensor2D, [0, part * width], [-1, width]);
    const apart = tf.transpose(tf.reshape(own, [texts, length, heads, size]), [0, 2, 1, 3]);
    return tf.reshape<tf.Rank.R3>(apart, [texts * heads, length, size]);
  });
  const scores = tf.add(tf.mul(tf.matMul(queries!, keys!, false, true), 1 / Math.sqrt(size)), unseen);
  const seen = tf.matMul(tf.softmax(scores), values!);
  return tf.reshape(tf.transpose(tf.reshape(seen, [texts, heads, length, size]), [0, 2, 1, 3]), [
    texts * length,
    width,
  ]);
}

function normalised(values: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const centred = tf.sub(values, tf.mean(values, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), gain), bias);
}
