/** Rewards and advantages of saved episodes under a spec, each compared with its group. */
import { advantagesOf, type GroupCounts, type Outcome } from "./advantages.ts";
import { DataError } from "../errors.ts";
import { composedReward, effectOf } from "./compose.ts";
import type { NodeCredit } from "./credit.ts";
import { lengthOf } from "./length-terms.ts";
import type { Measures } from "./measures.ts";
import type { RewardSpec } from "./spec.ts";
import { mean } from "../statistics.ts";
import type { RewardRecord } from "../trajectory.ts";

/** A line of a scored file beside a run. */
export interface ScoredRow {
  readonly rolloutId: string;
  /** Absent from rows that 0.1.0 wrote. */
  readonly environment?: string;
  readonly groupId: string;
  /** Set if a simulated model answered in the episode. */
  readonly simulated?: true;
  /** Null for infrastructure faults, and if there is no gold. */
  readonly reward: RewardRecord | null;
  /** Null if the reward is, and for policies that were told the gold; 0 in groups without signal. */
  readonly advantage: number | null;
  /** The credit of the episode and of everything below it, if the spec asks for it; the root's is relative to the others of its group. */
  readonly nodes?: readonly NodeCredit[];
}

/** Saved episodes under a spec: one row for each, in order, and the counts of their groups. */
export interface ScoredEpisodes {
  readonly rows: readonly ScoredRow[];
  readonly groups: GroupCounts;
}

/** Scores episodes in their order. Unusable ones belong to no group. Throws `DataError` for terms that are not numbers. */
export function scoreEpisodes(spec: RewardSpec, episodes: readonly Measures[]): ScoredEpisodes {
  const groups = new Map<string, Measures[]>();
  for (const episode of episodes) {
    const group = groups.get(episode.groupId) ?? [];
    groups.set(episode.groupId, group);
    if (episode.usable) group.push(episode);
  }
  const outcomes: Outcome[] = [];
  const rewards = episodes.map((episode) => {
    const group = groups.get(episode.groupId)!;
    const reward = episode.usable ? composedReward(spec, episode, group) : null;
    outcomes.push({
      groupId: episode.groupId,
      reward: reward?.total ?? null,
      length: lengthOf("policy", episode),
      ...(spec.advantage === "gdpo" && { parts: partsOf(spec, episode, group) }),
    });
    return reward;
  });
  const { values, groups: counts } = advantagesOf(outcomes, spec.advantage);
  const broken = values.findIndex((value) => value !== null && !Number.isFinite(value));
  if (broken !== -1)
    throw new DataError(
      `rollout ${episodes[broken]!.rolloutId}: the advantage is ${values[broken]}, which is not a number; are weights too large?`,
    );
  const rows = episodes.map((episode, index) => ({
    rolloutId: episode.rolloutId,
    environment: episode.environment,
    groupId: episode.groupId,
    ...(episode.simulated && { simulated: true as const }),
    reward: rewards[index]!,
    advantage: values[index]!,
    ...(episode.nodes && { nodes: againstGroup(episode, groups.get(episode.groupId)!) }),
  }));
  return { rows, groups: counts };
}

/** Compares the root with the mean of its group's others; nodes below it have siblings. */
function againstGroup({ nodes = [], rolloutId, usable }: Measures, group: readonly Measures[]) {
  const [root, ...below] = nodes;
  if (!root) return [];
  const others = group.flatMap((member) => (member.rolloutId === rolloutId ? [] : (member.nodes?.[0] ?? [])));
  const advantage =
    !usable || others.length === 0 ? null : root.reward - mean(others.map(({ reward }) => reward));
  return [{ ...root, advantage }, ...below];
}

/** The score and each term as separate rewards. */
function partsOf(spec: RewardSpec, episode: Measures, group: readonly Measures[]) {
  const terms = Object.entries(spec.terms).map(([name, term]) => ({
    value: effectOf(name, term, episode, group).effect,
    weight: term.weight,
  }));
  return [{ value: episode.score, weight: 1 }, ...terms];
}
