/** The tiers of TextCraft-Synth: how deep their targets are, and how many of one are wanted at most. */

/** A tier of tasks. */
export interface Tier {
  readonly leastDepth: number;
  readonly mostDepth: number;
  readonly mostCount: number;
}

/** The published tiers by name. */
export const TIERS = {
  easy: { leastDepth: 2, mostDepth: 3, mostCount: 3 },
  medium: { leastDepth: 4, mostDepth: 6, mostCount: 3 },
  hard: { leastDepth: 7, mostDepth: 9, mostCount: 2 },
  extreme: { leastDepth: 10, mostDepth: 12, mostCount: 2 },
} as const satisfies Readonly<Record<string, Tier>>;

/** The name of a tier. */
export type TierName = keyof typeof TIERS;

/** The names of the tiers, from the shallowest. */
export const TIER_NAMES = Object.keys(TIERS) as readonly TierName[];

/** The tier to which a depth belongs. */
export function tierOf(depth: number): TierName {
  return TIER_NAMES.find((name) => depth <= TIERS[name].mostDepth) ?? "extreme";
}
