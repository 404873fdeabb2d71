/** Computes a reward from its spec: terms of the episode, then terms of its group, gates, and clips. */
import { DataError } from "../errors.ts";
import type { RewardRecord, RewardTerm } from "../trajectory.ts";
import { type CostUnit, unitOf } from "./cost-terms.ts";
import type { Measures } from "./measures.ts";
import type { Gates, RewardSpec } from "./spec.ts";
import { clip } from "./term.ts";
import { kindOf, needsGroup, type TermSpec } from "./terms.ts";

/**
 * The reward of an episode: `score + Σ weight · effect`, then gates, then the clip of the whole; the terms' weighted values
 * sum to `total − score`. Without a group, group terms are left out. Throws `DataError` for a term that is not a number.
 */
export function composedReward(
  spec: RewardSpec,
  episode: Measures,
  group: readonly Measures[] | null,
): RewardRecord {
  const terms: Record<string, RewardTerm> = {};
  let total = episode.score;
  const add = (name: string, raw: number, weighted: number, unit?: CostUnit) => {
    if (!Number.isFinite(raw) || !Number.isFinite(weighted))
      throw new DataError(
        `rollout ${episode.rolloutId}: term ${name} is ${Number.isFinite(raw) ? weighted : raw}, which is not a number`,
      );
    terms[name] = { raw, weighted, ...(unit && { unit }) };
    total += weighted;
  };
  for (const [name, term] of Object.entries(spec.terms)) {
    if (needsGroup(term) && group === null) continue;
    const { raw, effect } = effectOf(name, term, episode, group ?? []);
    const unit = !kindOf(term).weighsCost ? undefined : "unit" in term ? term.unit : unitOf(episode);
    add(name, raw, term.weight * effect, unit);
  }
  const broken = brokenGates(spec.gates, episode);
  if (Object.keys(spec.gates).length > 0) add("gates", broken, broken > 0 ? Math.min(0, -total) : 0);
  if (spec.clip) add("clip", total, clip(total, ...spec.clip) - total);
  if (!Number.isFinite(total))
    throw new DataError(`rollout ${episode.rolloutId}: the reward is ${total}, which is not a number`);
  return { total, score: episode.score, terms, ...(episode.steps && { steps: episode.steps }) };
}

/** What a term measured, and what it adds for a weight of 1, after its own gate and clip. */
export function effectOf(name: string, term: TermSpec, episode: Measures, group: readonly Measures[]) {
  const { raw, effect } = kindOf(term).make(term, name)(episode, group);
  const counts = term.when === "always" || (term.when === "right") === episode.right;
  if (!counts) return { raw, effect: 0 };
  return { raw, effect: term.clip ? clip(effect, ...term.clip) : effect };
}

/** How many gates an episode violates. */
export function brokenGates(gates: Gates, { mainTokens, subCalls, turns }: Measures): number {
  const { maxMainTokens = Infinity, minSubCalls = 0, maxSubCalls = Infinity, minTurns = 0 } = gates;
  return [
    mainTokens > maxMainTokens,
    subCalls < minSubCalls,
    subCalls > maxSubCalls,
    turns < minTurns,
  ].filter(Boolean).length;
}
