/** The few statistics that tables need. */

/** NaN for no values, as the mean of nothing is. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
