/** Statistics of groups: rollouts of the same task by the same policy, compared with each other. */
import { mean } from "../statistics.ts";

/** What a group's statistics need of a rollout. */
export interface GroupMember {
  readonly groupId: string;
  /** False for infrastructure faults, which do not count. */
  readonly ok: boolean;
  readonly score: number;
  readonly reward: number;
}

/** How the rollouts of one task differ: spread and pass@k, over all groups of several rollouts. */
export interface GroupStatistics {
  /** Groups with at least one member that counts. */
  readonly groups: number;
  /** Members of the largest group. */
  readonly size: number;
  /** By k (1, 2, 4 … and the size): the chance that at least one of k rollouts is right, averaged over groups of at least k. */
  readonly passAt: { readonly [k: string]: number };
  /** Groups in which all, some or no members are right. Only those in the middle teach by comparison. */
  readonly allRight: number;
  readonly someRight: number;
  readonly noneRight: number;
  /** Standard deviation of the reward within a group (population), averaged over the groups. */
  readonly rewardSpread: number;
}

/** A rollout is right if its score equals this. */
const RIGHT = 1;

/** Null if no group has two members. */
export function groupStatistics(members: readonly GroupMember[]): GroupStatistics | null {
  const byId = new Map<string, GroupMember[]>();
  for (const member of members) {
    if (!member.ok) continue;
    const group = byId.get(member.groupId);
    if (group) group.push(member);
    else byId.set(member.groupId, [member]);
  }
  const groups = [...byId.values()].map((group) => ({
    n: group.length,
    right: group.filter(({ score }) => score >= RIGHT).length,
    spread: deviation(group.map(({ reward }) => reward)),
  }));
  const size = groups.reduce((most, { n }) => Math.max(most, n), 0);
  if (size < 2) return null;
  const chances = passCounts(size).map((k) => {
    const large = groups.filter(({ n }) => n >= k);
    return [k, mean(large.map(({ n, right }) => passAtK(n, right, k)))] as const;
  });
  const allRight = groups.filter(({ n, right }) => right === n).length;
  const noneRight = groups.filter(({ right }) => right === 0).length;
  return {
    groups: groups.length,
    size,
    passAt: Object.fromEntries(chances),
    allRight,
    someRight: groups.length - allRight - noneRight,
    noneRight,
    rewardSpread: mean(groups.map(({ spread }) => spread)),
  };
}

/**
 * The unbiased estimate of the chance that at least one of k rollouts drawn from n is right if `right` of the n are:
 * 1 − C(n−right, k) / C(n, k) (M. Chen et al. 2021, "Evaluating Large Language Models Trained on Code", section 2.1). Needs k ≤ n.
 */
export function passAtK(n: number, right: number, k: number): number {
  if (n - right < k) return 1;
  let allWrong = 1;
  for (let i = n - right + 1; i <= n; i += 1) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

function passCounts(size: number): number[] {
  const counts = [];
  for (let k = 1; k < size; k *= 2) counts.push(k);
  return [...counts, size];
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
