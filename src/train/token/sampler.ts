/** Samples from the transformer id by id, in plain loops that cache the keys and values of earlier ids. */
import type { Random } from "../../random.ts";
import { END_ID, VOCABULARY } from "./bytes.ts";
import { type TransformerShape, viewsOf } from "./shape.ts";

const EPSILON = 1e-5;

/** A text that the policy wrote, with its log-probabilities for training. */
export interface Sampled {
  /** Including the end, if the policy wrote it. */
  readonly ids: number[];
  /** The log-probability of each id, under the distribution from which it was drawn. */
  readonly logprobs: number[];
  readonly ended: boolean;
}

/** Views of a layer's parameters, by the end of their names. */
type Layer = (name: string) => Float32Array;

/** Keys and values of a layer, one position after the other. */
interface Past {
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

export class Sampler {
  readonly #shape: TransformerShape;
  readonly #views: ReadonlyMap<string, Float32Array>;
  readonly #layers: readonly Layer[];

  constructor(shape: TransformerShape, parameters: Float32Array) {
    this.#shape = shape;
    this.#views = viewsOf(shape, parameters);
    this.#layers = Array.from(
      { length: shape.layers },
      (_, layer) => (name) => this.#views.get(`${layer}.${name}`)!,
    );
  }

  /** Draws from the softmax, or takes the most probable id without `random`. */
  sample(promptIds: readonly number[], random: Random | null): Sampled {
    const past = this.#past();
    let logits = new Float32Array(VOCABULARY);
    for (const [position, id] of promptIds.entries()) logits = this.#next(id, position, past);
    const ids: number[] = [];
    const logprobs: number[] = [];
    for (let position = promptIds.length; position < this.#shape.context; position += 1) {
      const logs = logSoftmax(logits);
      const id = random ? draw(logs, random) : likeliest(logs);
      ids.push(id);
      logprobs.push(logs[id]!);
      if (id === END_ID) return { ids, logprobs, ended: true };
      logits = this.#next(id, position, past);
    }
    return { ids, logprobs, ended: false };
  }

  /** The log-probability of each id after the first, given those before it. */
  judge(ids: readonly number[]): number[] {
    const past = this.#past();
    return ids
      .slice(1)
      .map((next, position) => logSoftmax(this.#next(ids[position]!, position, past))[next]!);
  }

  #past(): Past[] {
    const { context, width, layers } = this.#shape;
    return Array.from({ length: layers }, () => ({
      keys: new Float32Array(context * width),
      values: new Float32Array(context * width),
    }));
  }

  #next(id: number, position: number, past: readonly Past[]): Float32Array<ArrayBuffer> {
    const { width, heads } = this.#shape;
    const embedding = this.#views.get("embedding")!;
    const positions = this.#views.get("position")!;
    const state = embedding.slice(id * width, (id + 1) * width);
    add(state, positions.subarray(position * width, (position + 1) * width));
    for (const [index, at] of this.#layers.entries()) {
      const { keys, values } = past[index]!;
      const before = normalised(state, at("before.gain"), at("before.bias"));
      const three = dense(before, at("attention.kernel"), at("attention.bias"));
      keys.set(three.subarray(width, 2 * width), position * width);
      values.set(three.subarray(2 * width), position * width);
      const seen = attend(three.subarray(0, width), past[index]!, position + 1, heads);
      add(state, dense(seen, at("joined.kernel"), at("joined.bias")));
      const between = normalised(state, at("between.gain"), at("between.bias"));
      const wide = dense(between, at("wide.kernel"), at("wide.bias"));
      for (let i = 0; i < wide.length; i += 1) wide[i]! /= 1 + Math.exp(-wide[i]!);
      add(state, dense(wide, at("narrow.kernel"), at("narrow.bias")));
    }
    const last = normalised(state, this.#views.get("last.gain")!, this.#views.get("last.bias")!);
    const logits = new Float32Array(VOCABULARY);
    for (let row = 0; row < VOCABULARY; row += 1) logits[row] = dot(last, 0, embedding, row * width, width);
    return logits;
  }
}

/** Attention of the query to the first `count` positions, head by head. */
function attend(query: Float32Array, { keys, values }: Past, count: number, heads: number): Float32Array {
  const width = query.length;
  const size = width / heads;
  const seen = new Float32Array(width);
  const scores = new Float32Array(count);
  for (let start = 0; start < width; start += size) {
    for (let position = 0; position < count; position += 1)
      scores[position] = dot(query, start, keys, position * width + start, size) / Math.sqrt(size);
    const weights = logSoftmax(scores);
    for (let position = 0; position < count; position += 1) {
      const weight = Math.exp(weights[position]!);
      for (let i = start; i < start + size; i += 1) seen[i]! += weight * values[position * width + i]!;
    }
  }
  return seen;
}

function normalised(values: Float32Array, gain: Float32Array, bias: Float32Array): Float32Array {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i += 1) squares += (values[i]! - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / count + EPSILON);
  const normal = new Float32Array(count);
  for (let i = 0; i < count; i += 1) normal[i] = (values[i]! - mean) * scale * gain[i]! + bias[i]!;
  return normal;
}

/** Four rows at a time, which is faster than one by one; the count of inputs must be a multiple of four. */
function dense(inputs: Float32Array, kernel: Float32Array, bias: Float32Array): Float32Array<ArrayBuffer> {
  const count = bias.length;
  const outputs = new Float32Array(count);
  outputs.set(bias);
  for (let row = 0; row < inputs.length; row += 4) {
    const [first, second, third, fourth] = [0, 1, 2, 3].map((next) => inputs[row + next]!) as [
      number,
      number,
      number,
      number,
    ];
    const start = row * count;
    for (let column = 0; column < count; column += 1) {
      const cell = start + column;
      outputs[column]! +=
        first * kernel[cell]! +
        second * kernel[cell + count]! +
        third * kernel[cell + 2 * count]! +
        fourth * kernel[cell + 3 * count]!;
    }
  }
  return outputs;
}

function add(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i]! += more[i]!;
}

function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += a[fromA + i]! * b[fromB + i]!;
  return sum;
}

function logSoftmax(logits: Float32Array): Float32Array {
  let most = -Infinity;
  for (const logit of logits) most = Math.max(most, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - most);
  const shift = most + Math.log(total);
  return logits.map((logit) => logit - shift);
}

function draw(logs: Float32Array, random: Random): number {
  let left = random.random();
  for (const [id, log] of logs.entries()) {
    left -= Math.exp(log);
    if (left < 0) return id;
  }
  return likeliest(logs);
}

function likeliest(values: Float32Array): number {
  return values.indexOf(values.reduce((most, value) => Math.max(most, value), -Infinity));
}
