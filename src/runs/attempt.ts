/** What is kept of an attempt that did not count. */
import type { Trajectory } from "../trajectory.ts";

/** A line of `attempts.jsonl`: a record that a later attempt at the same rollout replaced. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  readonly trajectory: Trajectory;
}
