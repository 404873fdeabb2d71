/** What is kept of an attempt that does not count. */
import { DataError } from "../errors.ts";
import { expectRecord } from "../record/expect-record.ts";
import type { Trajectory } from "../trajectory.ts";

/** A line of `attempts.jsonl`: a record that a later attempt at the same rollout replaced. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  readonly trajectory: Trajectory;
}

/** Throws `DataError` that begins with `where` and names the field, for anything but an attempt. */
export function expectAttempt(value: unknown, where: string): Attempt {
  const { attempt, trajectory } = (value ?? {}) as Partial<Attempt>;
  if (!Number.isInteger(attempt) || attempt! < 1)
    throw new DataError(`${where}: attempt: expected a whole number from 1`);
  return { attempt: attempt!, trajectory: expectRecord(trajectory, `${where}: trajectory`) };
}
