/** Confidence intervals for differences between policies that played the same tasks. */
import { Random } from "../random.ts";
import { mean, quantile } from "../statistics.ts";

/** A mean difference with its percentile interval at 95 %; `pairs` tasks were played by both. */
export interface PairedDifference {
  readonly pairs: number;
  readonly mean: number;
  readonly interval: readonly [number, number];
}

export const RESAMPLES = 2000;

/** Resamples the tasks (Efron 1979, percentiles); the same seed gives the same interval. Null without pairs. */
export function pairedBootstrap(differences: readonly number[], seed: number): PairedDifference | null {
  const pairs = differences.length;
  if (pairs === 0) return null;
  const random = Random.of(seed, "paired bootstrap");
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < pairs; drawn += 1) sum += differences[Math.floor(random.random() * pairs)]!;
    return sum / pairs;
  });
  return { pairs, mean: mean(differences), interval: [quantile(means, 0.025), quantile(means, 0.975)] };
}
