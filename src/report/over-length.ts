/** Score and cost over the length of contexts: for each kind of tasks, each policy's means at each length. */
import type { CostUnit } from "../rewards/cost-terms.ts";
import { mean } from "../statistics.ts";
import {
  costIn,
  groupBy,
  inOrder,
  reachedBy,
  type Reached,
  type ReportOptions,
  sorted,
  unitOf,
} from "./report.ts";
import { apartByPrompt, type EpisodeFigures } from "./summary.ts";

/** A policy at one length. */
export interface LengthPoint extends Reached {
  readonly policy: string;
  /** The mean length of the contexts, of all policies. */
  readonly contextTokens: number;
  readonly episodes: number;
  readonly simulated: boolean;
  readonly readsGold: boolean;
}

/** The policies on tasks that differ in nothing but the length of their contexts. */
export interface LengthReport {
  readonly kind: string;
  readonly unit: CostUnit;
  /** By policy in the order of the report, from the shortest to the longest. */
  readonly points: readonly LengthPoint[];
}

/**
 * One report for each kind of tasks with several lengths, by name. Lengths are those that tasks were made with; contexts of files,
 * which have none, are put together by octave. The order of the episodes does not matter.
 */
export function overLength(
  episodes: readonly EpisodeFigures[],
  options: Pick<ReportOptions, "policies" | "seed"> = {},
): LengthReport[] {
  const usable = sorted(apartByPrompt(episodes)).filter(({ ok }) => ok);
  const byName = inOrder([]);
  return [...groupBy(usable, ({ kind, tasks }) => kind ?? tasks)]
    .toSorted(([a], [b]) => byName(a, b))
    .flatMap(([kind, own]) => {
      const lengths = [...groupBy(own, lengthOf).values()];
      if (lengths.length < 2) return [];
      const unit = unitOf(own);
      const compare = inOrder(options.policies ?? []);
      const points = lengths.flatMap((all) => pointsAt(all, unit, options.seed ?? 0));
      points.sort((a, b) => compare(a.policy, b.policy) || a.contextTokens - b.contextTokens);
      return [{ kind, unit, points }];
    });
}

/** The length of an episode's context: the one that it was made with, or its octave. */
export function lengthOf({ kind, tasks, contextTokens }: EpisodeFigures): string {
  return tasks === (kind ?? tasks) ? String(Math.round(Math.log2(Math.max(1, contextTokens)))) : tasks;
}

function pointsAt(episodes: readonly EpisodeFigures[], unit: CostUnit, seed: number): LengthPoint[] {
  const contextTokens = mean(episodes.map((episode) => episode.contextTokens));
  return [...groupBy(episodes, ({ policy }) => policy)].map(([policy, own]) => ({
    policy,
    contextTokens,
    episodes: own.length,
    ...reachedBy(own, costIn(unit), seed),
    simulated: own.some(({ simulated }) => simulated),
    readsGold: own.some(({ readsGold }) => readsGold),
  }));
}
