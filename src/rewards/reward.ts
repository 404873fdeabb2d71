/** A reward is a pure function of a saved trajectory and its gold, so that it can be changed without a model call. */
import type { RewardRecord, Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import type { EpisodeSoFar } from "./potential.ts";

/** An episode that has ended, before it is judged. */
export type Unrewarded = Omit<Trajectory, "reward">;

/** The same before it is measured and has checksums; this is what a judge is asked about. */
export type Outline = Omit<Unrewarded, "metrics" | "seals">;

/**
 * A pure function of an ended episode and its gold. `ofTurn` gives what a turn earns before the end, if the reward has
 * steps.
 */
export interface Reward {
  (trajectory: Unrewarded, reference: Reference): RewardRecord;
  /** What the last turn of an ongoing episode earns, if there are potentials. */
  readonly ofTurn?: (state: EpisodeSoFar, reference: Reference) => number;
}

/** Prefix of terms that are figures beside the reward: they have no weight, and lie between 0 and 1. */
export const MEASURE_PREFIX = "measure:";
