/** A reward is a pure function of a saved trajectory and its gold, so that rewards are changed without a model call. */
import type { RewardRecord, Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import type { EpisodeSoFar } from "./potential.ts";

/** An episode that has ended, before it is judged. */
export type Unrewarded = Omit<Trajectory, "reward">;

/** The same before it is measured and sealed with checksums, which is what a judge is asked about. */
export type Outline = Omit<Unrewarded, "metrics" | "seals">;

/**
 * A pure function of an ended episode and its gold. `ofTurn` gives what a turn earns before the end, where the reward has
 * steps.
 */
export interface Reward {
  (trajectory: Unrewarded, reference: Reference): RewardRecord;
  /** What the last turn of an episode that goes on earns, where potentials give it anything. */
  readonly ofTurn?: (state: EpisodeSoFar, reference: Reference) => number;
}

/** What the names of terms begin with that are figures of an episode beside its reward, weightless, from 0 to 1. */
export const MEASURE_PREFIX = "measure:";
