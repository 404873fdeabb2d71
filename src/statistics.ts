/** The few statistics that tables need. */

/** 0 for no values. Floats are added in the order given. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** NaN for no values, because the mean of nothing is undefined. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** The quantile by linear interpolation between order statistics (Hyndman & Fan's type 7, as NumPy's default). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const below = sorted[low] ?? Number.NaN;
  return below + (position - low) * ((sorted[low + 1] ?? below) - below);
}

/**
 * Wilson's score interval at 95 % for a proportion (E. B. Wilson 1927). Scores between 0 and 1 are taken as fractions
 * of a success, which makes the interval too wide rather than too narrow.
 */
export function wilsonInterval(successes: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1];
  const z = 1.959964;
  const p = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** What was predicted: how sure, and how true it came, both from 0 to 1. */
export interface Prediction {
  readonly confidence: number;
  readonly truth: number;
}

/** The size of the authors' bins. */
const BIN = 100;

/**
 * The calibration error as the authors of BrowseComp-Plus compute it (`calculate_calibration_error` and its caller in
 * `scripts_evaluation/evaluate_run.py` at 97c637c): predictions sorted by confidence in bins of 100, the last of which takes what
 * is left over and is not counted; the root of the mean over all predictions of the squared difference between a bin's mean
 * confidence and its share of truth. It is 0 of fewer than 200, therefore, and of fewer than 100 the authors say that there are not
 * enough. Where confidences are the same, their sort leaves the order open; here they stay in the order given.
 */
export function calibrationError(predictions: readonly Prediction[]): number {
  const sorted = predictions.toSorted((a, b) => a.confidence - b.confidence);
  let squares = 0;
  for (let bin = 0; bin < Math.floor(sorted.length / BIN) - 1; bin += 1)
    squares += BIN * gapIn(sorted.slice(bin * BIN, (bin + 1) * BIN)) ** 2;
  return sorted.length === 0 ? 0 : Math.sqrt(squares / sorted.length);
}

/**
 * The same over every prediction: ten bins of equal size, or more so that none passes 100, and the last one counted too. NaN for
 * none.
 */
export function calibrationGap(predictions: readonly Prediction[]): number {
  const sorted = predictions.toSorted((a, b) => a.confidence - b.confidence);
  const bins = Math.max(Math.min(10, sorted.length), Math.ceil(sorted.length / BIN));
  let squares = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const part = sorted.slice((bin * sorted.length) / bins, ((bin + 1) * sorted.length) / bins);
    squares += part.length * gapIn(part) ** 2;
  }
  return Math.sqrt(squares / sorted.length);
}

function gapIn(part: readonly Prediction[]): number {
  return mean(part.map(({ confidence }) => confidence)) - mean(part.map(({ truth }) => truth));
}
