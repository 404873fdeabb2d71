/** Confidence intervals by resampling tasks: rollouts of one task are not independent, and say less than as many tasks would. */
import { Random } from "../random.ts";
import { mean, quantile, sum } from "../statistics.ts";

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
    let total = 0;
    for (let drawn = 0; drawn < pairs; drawn += 1) total += differences[Math.floor(random.random() * pairs)]!;
    return total / pairs;
  });
  return { pairs, mean: mean(differences), interval: [quantile(means, 0.025), quantile(means, 0.975)] };
}

/**
 * The percentile interval at 95 % of the mean of all values, by resampling tasks with all their rollouts; the same seed gives the
 * same interval. Null for fewer than two tasks, whose spread nobody knows.
 *
 * @param byTask the values of each task's rollouts
 */
export function intervalOverTasks(
  byTask: readonly (readonly number[])[],
  seed: number,
): readonly [number, number] | null {
  if (byTask.length < 2) return null;
  const random = Random.of(seed, "bootstrap over tasks");
  const sums = byTask.map(sum);
  const means = Array.from({ length: RESAMPLES }, () => {
    let [total, count] = [0, 0];
    for (let drawn = 0; drawn < byTask.length; drawn += 1) {
      const task = Math.floor(random.random() * byTask.length);
      total += sums[task]!;
      count += byTask[task]!.length;
    }
    return total / count;
  });
  return [quantile(means, 0.025), quantile(means, 0.975)];
}
