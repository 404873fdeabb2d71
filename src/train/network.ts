/** The macro policy's network as plain numbers: two hidden layers, a softmax for each head, and a value. */
import type { Random } from "../random.ts";
import type { Decision } from "../types.ts";
import { FEATURES } from "./features.ts";
import { choicesOf, HEADS, type HeadName, KINDS, LOGITS, type MacroMove, moveOf, uses } from "./moves.ts";

/** A layer's kernel is row by row of its inputs. */
export interface LayerWeights {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}
/** A network, layer by layer, in plain numbers. */
export type Weights = readonly LayerWeights[];

/** Logits of all heads, then the value of the state. */
export const OUTPUTS: number = LOGITS + 1;
/** The scale of the last layer: so small that the untrained policy chooses almost uniformly. */
const FIRST_LOGITS = 0.01;

/** Glorot's uniform initialisation; the last layer near 0. */
export function drawWeights(random: Random, hidden: number): Weights {
  const sizes = [FEATURES.length, hidden, hidden, OUTPUTS];
  return sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer]!;
    const bound = Math.sqrt(6 / (inputs + outputs)) * (layer === sizes.length - 2 ? FIRST_LOGITS : 1);
    const kernel = Float32Array.from({ length: inputs * outputs }, () => random.uniform(-bound, bound));
    return { inputs, outputs, kernel, bias: new Float32Array(outputs) };
  });
}

/** Logits and value for one state. */
export function forward(weights: Weights, features: readonly number[]): { logits: number[]; value: number } {
  let values: readonly number[] = features;
  for (const [index, { outputs, kernel, bias }] of weights.entries()) {
    const next = Array.from(bias);
    for (const [row, value] of values.entries()) {
      if (value === 0) continue;
      for (let column = 0; column < outputs; column += 1)
        next[column]! += value * kernel[row * outputs + column]!;
    }
    values = index === weights.length - 1 ? next : next.map(Math.tanh);
  }
  return { logits: values.slice(0, LOGITS), value: values[LOGITS]! };
}

/** The inputs of a decision. */
export type State = Pick<Decision, "features" | "legal">;

/** A decision that the network made itself. */
export interface DrawnDecision extends Decision {
  readonly logProbability: number;
  readonly value: number;
}

/** Decides a move: a random choice of each head, or the most probable one without `random`. */
export function decide(
  weights: Weights,
  state: State,
  random: Random | null,
): { readonly move: MacroMove; readonly decision: DrawnDecision } {
  const { logits, value } = forward(weights, state.features);
  const choices: number[] = [];
  let logProbability = 0;
  for (const { name, logProbabilities } of headsOf(logits, state.legal)) {
    const kind = KINDS[choices[0] ?? 0]!;
    if (choices.length > 0 && !uses(kind, name)) {
      choices.push(0);
      continue;
    }
    const choice = random ? draw(logProbabilities, random) : likeliest(logProbabilities);
    choices.push(choice);
    logProbability += logProbabilities[choice]!;
  }
  const move = moveOf(choices);
  return { move, decision: { ...state, choices: choicesOf(move), logProbability, value } };
}

/** The log-probability of a decision's move under this network, which need not have made it, and the value of the state. */
export function judge(
  weights: Weights,
  { features, legal, choices }: Pick<Decision, "features" | "legal" | "choices">,
): { readonly logProbability: number; readonly value: number } {
  const { logits, value } = forward(weights, features);
  const kind = KINDS[choices[0]!]!;
  const logProbability = headsOf(logits, legal).reduce(
    (sum, { name, logProbabilities }, head) =>
      uses(kind, name) ? sum + logProbabilities[choices[head]!]! : sum,
    0,
  );
  return { logProbability, value };
}

function headsOf(logits: readonly number[], legal: readonly boolean[]) {
  let start = 0;
  return HEADS.map(({ name, size }): { name: HeadName; logProbabilities: number[] } => {
    const own = logits.slice(start, start + size);
    start += size;
    const allowed = name === "kind" ? own.map((logit, i) => (legal[i] ? logit : -Infinity)) : own;
    const most = Math.max(...allowed);
    const logSum = most + Math.log(allowed.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
    return { name, logProbabilities: allowed.map((logit) => logit - logSum) };
  });
}

function draw(logProbabilities: readonly number[], random: Random): number {
  let left = random.random();
  for (const [index, value] of logProbabilities.entries()) {
    left -= Math.exp(value);
    if (left < 0) return index;
  }
  return likeliest(logProbabilities);
}

function likeliest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** All parameters in one row: of each layer the kernel, then the bias. */
export function flat(weights: Weights): Float32Array {
  return concat(weights.flatMap(({ kernel, bias }) => [kernel, bias]));
}

/** The inverse of `flat`, for a network of this shape. */
export function split(
  shape: readonly Pick<LayerWeights, "inputs" | "outputs">[],
  parameters: Float32Array,
): Weights {
  let start = 0;
  const next = (length: number) => parameters.slice(start, (start += length));
  return shape.map(({ inputs, outputs }) => ({
    inputs,
    outputs,
    kernel: next(inputs * outputs),
    bias: next(outputs),
  }));
}

/** Rows one after the other. */
export function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
