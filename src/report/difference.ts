/** Compares two rewards of the same episodes: which pairs they rank differently, and which groups lose their signal. */
import type { ScoredRow } from "../rewards/score-episodes.ts";
import { correlation, ranks } from "./correlation.ts";

export interface Difference {
  /** Episodes that both rewards scored. */
  readonly episodes: number;
  /** Pairs of rollouts of one group. */
  readonly pairs: number;
  /** Pairs that the two rewards rank in opposite order. */
  readonly rankFlips: number;
  readonly groups: number;
  readonly groupsWithFlips: number;
  /** Groups with spread under the first reward and none under the second. `signalGained`: the reverse. */
  readonly signalLost: number;
  readonly signalGained: number;
  /** Null if a reward is the same for all episodes. */
  readonly pearson: number | null;
  readonly spearman: number | null;
}

/** Rewards that differ by less count as equal: sums of floats are rounded. */
const SPREAD = 1e-12;

/** Compares rows by rollout id; ignores rows without a reward on either side. */
export function difference(first: readonly ScoredRow[], second: readonly ScoredRow[]): Difference {
  const others = new Map(second.map((row) => [row.rolloutId, row.reward?.total ?? null]));
  const groups = new Map<string, (readonly [number, number])[]>();
  for (const { rolloutId, groupId, reward } of first) {
    const other = others.get(rolloutId) ?? null;
    if (reward === null || other === null) continue;
    const group = groups.get(groupId) ?? [];
    groups.set(groupId, group);
    group.push([reward.total, other]);
  }
  const counts = { pairs: 0, rankFlips: 0, groupsWithFlips: 0, signalLost: 0, signalGained: 0 };
  for (const group of groups.values()) {
    const flips = flipsIn(group);
    const [before, after] = [hasSpread(group.map(([a]) => a)), hasSpread(group.map(([, b]) => b))];
    counts.pairs += (group.length * (group.length - 1)) / 2;
    counts.rankFlips += flips;
    counts.groupsWithFlips += Number(flips > 0);
    counts.signalLost += Number(before && !after);
    counts.signalGained += Number(!before && after);
  }
  const all = [...groups.values()].flat();
  const [a, b] = [all.map(([own]) => own), all.map(([, other]) => other)];
  return {
    episodes: all.length,
    groups: groups.size,
    ...counts,
    pearson: correlation(a, b),
    spearman: correlation(ranks(a), ranks(b)),
  };
}

function hasSpread(values: readonly number[]): boolean {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  return high - low > SPREAD;
}

/** Pairs in opposite order, counted as inversions while merging; ties on either side are not flips. */
function flipsIn(pairs: readonly (readonly [number, number])[]): number {
  const sorted = pairs.toSorted(([a, b], [c, d]) => a - c || b - d).map(([, other]) => other);
  return countInversions(sorted).inversions;
}

function countInversions(values: readonly number[]): { sorted: number[]; inversions: number } {
  if (values.length < 2) return { sorted: [...values], inversions: 0 };
  const middle = values.length >> 1;
  const [left, right] = [countInversions(values.slice(0, middle)), countInversions(values.slice(middle))];
  let inversions = left.inversions + right.inversions;
  const sorted: number[] = [];
  let [i, j] = [0, 0];
  while (i < left.sorted.length || j < right.sorted.length) {
    const takesRight =
      i === left.sorted.length || (j < right.sorted.length && right.sorted[j]! < left.sorted[i]!);
    if (takesRight) {
      inversions += left.sorted.length - i;
      sorted.push(right.sorted[j++]!);
    } else sorted.push(left.sorted[i++]!);
  }
  return { sorted, inversions };
}
