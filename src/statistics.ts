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

/** Predictions sorted by confidence are put into bins of equal size: ten bins, or more so that no bin exceeds this. */
const MAX_BIN = 100;

/**
 * The calibration error of confidences against outcomes, both from 0 to 1: the root mean square, over bins of equally many
 * predictions, of the difference between the bin's mean confidence and its share of right outcomes. NaN for no predictions.
 * Source of the form: Hendrycks et al. 2019, as Humanity's Last Exam and BrowseComp use it with bins of 100.
 */
export function calibrationError(
  predictions: readonly { readonly confidence: number; readonly truth: number }[],
): number {
  const sorted = predictions.toSorted((a, b) => a.confidence - b.confidence);
  const bins = Math.max(Math.min(10, sorted.length), Math.ceil(sorted.length / MAX_BIN));
  let squares = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const part = sorted.slice((bin * sorted.length) / bins, ((bin + 1) * sorted.length) / bins);
    const gap = mean(part.map(({ confidence }) => confidence)) - mean(part.map(({ truth }) => truth));
    squares += part.length * gap ** 2;
  }
  return Math.sqrt(squares / sorted.length);
}
