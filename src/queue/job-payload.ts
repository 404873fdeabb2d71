/** What a job of a run carries, and how its task is found again from that. */
import type { PlannedEpisode } from "../episode/rollout.ts";
import type { ContextSummary, JsonObject, Problem } from "../types.ts";
import type { RolloutJob } from "./queue.ts";

/** What a job says of itself: it refers to its task by place and holds no context. */
export interface RolloutPayload {
  readonly contest: number;
  /** Of the task within the contest. */
  readonly index: number;
  /** Of the policy, in the order given. */
  readonly position: number;
  readonly repetition: number;
  readonly task: string;
  readonly policy: string;
  readonly seed: number;
  /** The hash of its context, for who makes the task anew. */
  readonly context?: ContextSummary;
  /** The task without its context, and the gold, where the task comes from a file that a worker may not have. */
  readonly problem?: JsonObject;
}

/** Finds the problem that a payload means; throws where it is not the one that was planned. */
export type FindProblem = (payload: RolloutPayload) => Promise<Problem>;

/** A planned episode that has a name to be found by. */
export interface NamedEpisode extends PlannedEpisode {
  readonly reset: PlannedEpisode["reset"] & { readonly rolloutId: string };
}

/** Where others play too: how a task is made known, and found. */
export interface Publishing {
  /** Called once for each task; what it returns is added to the payloads. */
  readonly publish: (problem: Problem, contest: number) => Promise<Partial<RolloutPayload>>;
  readonly find: FindProblem;
}

/** The payload of a job, as it was planned. */
export function payloadOf({ payload }: RolloutJob): RolloutPayload {
  return payload as unknown as RolloutPayload;
}
