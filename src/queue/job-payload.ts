/** What a job of a run carries, and how its task is found again from that. */
import { z } from "zod";
import type { PlannedEpisode } from "../episode/rollout.ts";
import { DataError } from "../errors.ts";
import { expectShape } from "../record/expect-record.ts";
import type { ContextSummary, JsonObject, Problem } from "../types.ts";
import type { AttemptFailure, RolloutJob } from "./queue.ts";

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

/** Makes a task known where others play too. Called once for each task; what it returns is added to the payloads. */
export type Publish = (problem: Problem, contest: number) => Promise<Partial<RolloutPayload>>;

/** A record or a job that is not of the run. */
export class ForeignRecordError extends DataError {}

/** How the attempt at a job ends that no run has: nobody tries it again. */
export function failureOf({ message }: ForeignRecordError): AttemptFailure {
  return { kind: "job", message, retry: false };
}

const index = z.int().min(0);
const payloadShape = z.looseObject({
  contest: index,
  index,
  position: index,
  repetition: index,
  task: z.string(),
  policy: z.string(),
  seed: z.number(),
  context: z
    .looseObject({
      chars: index,
      sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
    })
    .optional(),
  problem: z.looseObject({}).optional(),
});

/** The payload of a job, which may have come from a server that others write to. Throws `ForeignRecordError` that names the field. */
export function payloadOf({ id, payload }: RolloutJob): RolloutPayload {
  try {
    return expectShape(payloadShape, payload, `job ${id.slice(0, 200)}`) as RolloutPayload;
  } catch (error) {
    throw new ForeignRecordError((error as Error).message, { cause: error });
  }
}
