/** The payload of a run's job: everything that is needed to find its task again. */
import { z } from "zod";
import type { PlannedEpisode } from "../episode/rollout.ts";
import { DataError } from "../errors.ts";
import { expectShape } from "../record/expect-record.ts";
import type { ContextSummary, JsonObject, Problem } from "../types.ts";
import type { AttemptFailure, RolloutJob } from "./queue.ts";

/** Refers to a task by its index and holds no context. */
export interface RolloutPayload {
  /** The index of the matchup. */
  readonly matchup: number;
  /** The index of the task within the matchup. */
  readonly index: number;
  /** The index of the policy, in the order given. */
  readonly position: number;
  readonly repetition: number;
  readonly task: string;
  readonly policy: string;
  readonly seed: number;
  /** Length and hash of the task's context, to check a task that another process makes again. */
  readonly context?: ContextSummary;
  /** The task without its context, and the gold; set if the task comes from a file that a worker may not have. */
  readonly problem?: JsonObject;
}

/** Finds the problem that a payload names. Throws if it is not the planned one. */
export type FindProblem = (payload: RolloutPayload) => Promise<Problem>;

/** A planned episode with a name. */
export interface NamedEpisode extends PlannedEpisode {
  readonly reset: PlannedEpisode["reset"] & { readonly rolloutId: string };
}

/** Stores a task where workers find it. Called once for each task; what it returns is added to the task's payloads. */
export type Publish = (problem: Problem, matchup: number) => Promise<Partial<RolloutPayload>>;

/** A record or a job does not belong to the run. */
export class ForeignRecordError extends DataError {}

/** The failure of an attempt at a job that does not belong to the run: it is not retried. */
export function failureOf({ message }: ForeignRecordError): AttemptFailure {
  return { kind: "job", message, retry: false };
}

const index = z.int().min(0);
const payloadShape = z.looseObject({
  matchup: index,
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

/** The checked payload of a job: others may write to the server that it came from. Throws `ForeignRecordError` that names the field. */
export function payloadOf({ id, payload }: RolloutJob): RolloutPayload {
  try {
    return expectShape(payloadShape, renamed(payload), `job ${id.slice(0, 200)}`) as RolloutPayload;
  } catch (error) {
    throw new ForeignRecordError((error as Error).message, { cause: error });
  }
}

/** A resumed run may have jobs of an earlier version on Redis, which call the matchup `contest`. */
function renamed(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null || !Object.hasOwn(payload, "contest")) return payload;
  const { contest, ...others } = payload as JsonObject;
  return { matchup: contest, ...others };
}
