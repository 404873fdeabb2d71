/** Advantages: how much better a rollout did than its group, by every estimator in common use. */
import { mean, sum } from "../statistics.ts";
import type { EstimatorName } from "./spec.ts";

/** A rollout as an estimator sees it. */
export interface Outcome {
  readonly groupId: string;
  /** Null leaves it out of every mean and deviation: an infrastructure fault, or an episode that must not be trained on. */
  readonly reward: number | null;
  /** The policy's tokens; OPO weighs by them. */
  readonly length: number;
  /** The parts of the reward with their weights, for GDPO; without them the reward is the only part. */
  readonly parts?: readonly { readonly value: number; readonly weight: number }[];
}

/** An advantage for each outcome in order, null for outcomes that do not count, and counts of the groups. */
export interface Advantages {
  /** In the order of the outcomes: null if the reward is null, 0 in groups without signal. */
  readonly values: readonly (number | null)[];
  readonly groups: GroupCounts;
}

/** How many groups give a learning signal. */
export interface GroupCounts {
  readonly total: number;
  /** Groups with a learning signal; with the groups counted below they make the total. */
  readonly withSignal: number;
  /** Groups without a usable rollout, with only one, and with several but no spread (for MaxRL also with no positive mean). */
  readonly empty: number;
  readonly ofOne: number;
  readonly withoutSpread: number;
}

const EPSILON = 1e-4;
/** Rewards that differ by less count as equal: sums of floats are rounded. */
const SPREAD = 1e-12;

/**
 * GRPO `(r − mean)/(std + 1e-4)` (unbiased std) · Dr. GRPO `r − mean` · RLOO `G/(G−1)·(r − mean)` · REINFORCE++ baseline
 * `r − mean`, whitened over the batch (population std) · MaxRL `(r − mean)/mean` · OPO `r − Σ len·r / Σ len` · GDPO: each part by
 * its group's mean and deviation, summed with weights, then by the batch's.
 */
export function advantagesOf(outcomes: readonly Outcome[], estimator: EstimatorName): Advantages {
  const groups = new Map<string, number[]>();
  for (const [index, { groupId }] of outcomes.entries()) {
    const members = groups.get(groupId);
    if (members) members.push(index);
    else groups.set(groupId, [index]);
  }
  const values: (number | null)[] = outcomes.map(({ reward }) => (reward === null ? null : 0));
  const silent = new Set<number>();
  const counts = { total: groups.size, withSignal: 0, empty: 0, ofOne: 0, withoutSpread: 0 };
  for (const members of groups.values()) {
    const usable = members.filter((index) => outcomes[index]!.reward !== null);
    const kind = kindOf(
      usable.map((index) => outcomes[index]!),
      estimator,
    );
    counts[kind] += 1;
    if (kind !== "withSignal") {
      for (const index of usable) silent.add(index);
      continue;
    }
    const group = usable.map((index) => outcomes[index]!);
    const own = IN_GROUP[estimator](group);
    for (const [position, index] of usable.entries()) values[index] = own[position]!;
  }
  const scaled =
    estimator === "gdpo"
      ? overBatch(values, unbiasedStd, EPSILON)
      : estimator === "reinforce_baseline"
        ? overBatch(values, populationStd, 0)
        : values;
  // Without signal the advantage stays 0, although the batch's mean would shift it.
  return { values: scaled.map((value, index) => (silent.has(index) ? 0 : value)), groups: counts };
}

const IN_GROUP: Readonly<Record<EstimatorName, (group: readonly Outcome[]) => number[]>> = {
  grpo: (group) => standardised(rewardsOf(group)),
  dr_grpo: centred,
  rloo: (group) => centred(group).map((value) => (value * group.length) / (group.length - 1)),
  reinforce_baseline: centred,
  maxrl: (group) => {
    const average = mean(rewardsOf(group));
    return centred(group).map((value) => value / average);
  },
  opo: (group) => {
    const lengths = sum(group.map(({ length }) => length));
    const rewards = rewardsOf(group);
    const baseline =
      lengths === 0
        ? mean(rewards)
        : sum(group.map(({ length }, index) => length * rewards[index]!)) / lengths;
    return rewards.map((reward) => reward - baseline);
  },
  gdpo: (group) => {
    const parts = group.map(partsOf);
    const scores = parts[0]!.map(({ weight }, k) =>
      standardised(parts.map((own) => own[k]!.value)).map((z) => weight * z),
    );
    return group.map((_, index) => sum(scores.map((column) => column[index]!)));
  },
};

function kindOf(group: readonly Outcome[], estimator: EstimatorName): Exclude<keyof GroupCounts, "total"> {
  if (group.length === 0) return "empty";
  if (group.length === 1) return "ofOne";
  const rewards = rewardsOf(group);
  if (estimator === "maxrl" && mean(rewards) <= 0) return "withoutSpread";
  const columns =
    estimator === "gdpo"
      ? partsOf(group[0]!).flatMap(({ weight }, k) =>
          weight === 0 ? [] : [group.map((member) => partsOf(member)[k]!.value)],
        )
      : [rewards];
  return columns.some((column) => spreadOf(column) > SPREAD) ? "withSignal" : "withoutSpread";
}

function spreadOf(values: readonly number[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high - low;
}

function partsOf({ parts, reward }: Outcome) {
  return parts ?? [{ value: reward!, weight: 1 }];
}

function rewardsOf(group: readonly Outcome[]): number[] {
  return group.map(({ reward }) => reward!);
}

function centred(group: readonly Outcome[]): number[] {
  const rewards = rewardsOf(group);
  const average = mean(rewards);
  return rewards.map((reward) => reward - average);
}

function standardised(values: readonly number[]): number[] {
  const average = mean(values);
  const spread = unbiasedStd(values) + EPSILON;
  return values.map((value) => (value - average) / spread);
}

/** Normalized by the mean and deviation of all usable rollouts; unchanged if the deviation is 0. */
function overBatch(
  values: readonly (number | null)[],
  deviation: (values: readonly number[]) => number,
  epsilon: number,
): (number | null)[] {
  const usable = values.filter((value) => value !== null);
  const spread = usable.length < 2 ? 0 : deviation(usable);
  if (spread === 0) return [...values];
  const average = mean(usable);
  return values.map((value) => (value === null ? null : (value - average) / (spread + epsilon)));
}

function unbiasedStd(values: readonly number[]): number {
  return Math.sqrt(squares(values) / (values.length - 1));
}

function populationStd(values: readonly number[]): number {
  return Math.sqrt(squares(values) / values.length);
}

function squares(values: readonly number[]): number {
  const average = mean(values);
  return sum(values.map((value) => (value - average) ** 2));
}
