/** Samples from the transformer id after id, as plain loops that keep what earlier ids left. */
import type { Random } from "../../random.ts";
import { END_ID, VOCABULARY } from "./bytes.ts";
import { type TransformerShape, viewsOf } from "./shape.ts";

const EPSILON = 1e-5;

export interface Sampled {
  /** With the end, where it came. */
  readonly ids: number[];
  /** Of each id, under the distribution that it was drawn from. */
  readonly logprobs: number[];
  readonly ended: boolean;
}

export class Sampler {
  readonly #shape: TransformerShape;
  readonly #views: Map<string, Float32Array>;

  constructor(shape: TransformerShape, parameters: Float32Array) {
    this.#shape = shape;
    this.#views = viewsOf(shape, parameters);
  }

  /** Draws from the softmax as it is, or takes the likeliest id where there is no `random`. */
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

  #past(): { keys: Float32Array[]; values: Float32Array[] }[] {
    return Array.from({ length: this.#shape.layers }, () => ({ keys: [], values: [] }));
  }

  #next(
    id: number,
    position: number,
    past: { keys: Float32Array[]; values: Float32Array[] }[],
  ): Float32Array<ArrayBuffer> {
    const { width, heads } = this.#shape;
    const of = (name: string) => this.#views.get(name)!;
    const embedding = of("embedding");
    const places = of("position");
    let state = new Float32Array(width);
    for (let i = 0; i < width; i += 1) state[i] = embedding[id * width + i]! + places[position * width + i]!;
    for (const [layer, { keys, values }] of past.entries()) {
      const at = (name: string) => of(`${layer}.${name}`);
      const three = dense(
        normalised(state, at("before.gain"), at("before.bias")),
        at("attention.kernel"),
        at("attention.bias"),
      );
      keys.push(three.slice(width, 2 * width));
      values.push(three.slice(2 * width));
      const seen = attend(three.subarray(0, width), keys, values, heads);
      state = sum(state, dense(seen, at("joined.kernel"), at("joined.bias")));
      const wide = dense(
        normalised(state, at("between.gain"), at("between.bias")),
        at("wide.kernel"),
        at("wide.bias"),
      ).map((value) => value / (1 + Math.exp(-value)));
      state = sum(state, dense(wide, at("narrow.kernel"), at("narrow.bias")));
    }
    const last = normalised(state, of("last.gain"), of("last.bias"));
    const logits = new Float32Array(VOCABULARY);
    for (let row = 0; row < VOCABULARY; row += 1) {
      let dot = 0;
      for (let i = 0; i < width; i += 1) dot += last[i]! * embedding[row * width + i]!;
      logits[row] = dot;
    }
    return logits;
  }
}

function attend(
  query: Float32Array,
  keys: readonly Float32Array[],
  values: readonly Float32Array[],
  heads: number,
): Float32Array {
  const size = query.length / heads;
  const seen = new Float32Array(query.length);
  for (let start = 0; start < query.length; start += size) {
    const scores = keys.map((key) => {
      let dot = 0;
      for (let i = start; i < start + size; i += 1) dot += query[i]! * key[i]!;
      return dot / Math.sqrt(size);
    });
    const weights = logSoftmax(Float32Array.from(scores)).map(Math.exp);
    for (const [place, value] of values.entries())
      for (let i = start; i < start + size; i += 1) seen[i]! += weights[place]! * value[i]!;
  }
  return seen;
}

function normalised(values: Float32Array, gain: Float32Array, bias: Float32Array): Float32Array {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  const scale = 1 / Math.sqrt(variance + EPSILON);
  return values.map((value, i) => (value - mean) * scale * gain[i]! + bias[i]!);
}

function dense(inputs: Float32Array, kernel: Float32Array, bias: Float32Array): Float32Array<ArrayBuffer> {
  const outputs = Float32Array.from(bias);
  for (let row = 0; row < inputs.length; row += 1) {
    const value = inputs[row]!;
    const start = row * outputs.length;
    for (let column = 0; column < outputs.length; column += 1)
      outputs[column]! += value * kernel[start + column]!;
  }
  return outputs;
}

function sum(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(a, (value, i) => value + b[i]!);
}

function logSoftmax(logits: Float32Array): Float32Array {
  let most = -Infinity;
  for (const logit of logits) most = Math.max(most, logit);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - most);
  return logits.map((logit) => logit - most - Math.log(total));
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
