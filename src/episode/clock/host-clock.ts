/** The host's clock inside the REPL. It is read at fixed moments, and a replay takes the readings from the record. */
import { UsageError } from "../../errors.ts";

/** Which reading of an episode's clock is asked for: the first one is at the beginning, and one precedes each turn. */
export interface ClockReading {
  readonly rolloutId: string;
  /** The index of the reading, from 0. */
  readonly reading: number;
}

/** Returns milliseconds since 1970; null leaves the REPL's clock as it is. */
export type HostClock = (asked: ClockReading) => number | null;

/** The end of the year 9999, the latest time of Python's `datetime`. */
const MAX_MS = 253_402_300_799_999;

/** Reads the clock and adds the reading to `readings`. Undefined without a clock. Throws `UsageError` for an invalid time. */
export function readClock(
  clock: HostClock | undefined,
  rolloutId: string,
  readings: number[],
): number | undefined {
  const clockMs = clock?.({ rolloutId, reading: readings.length }) ?? undefined;
  if (clockMs === undefined) return undefined;
  if (!(clockMs >= 0 && clockMs <= MAX_MS))
    throw new UsageError(`clock: expected milliseconds since 1970, up to the year 9999, got ${clockMs}`);
  readings.push(clockMs);
  return clockMs;
}

/** A clock that repeats recorded readings, by rollout id, and after them leaves the REPL's clock as it is. */
export function recordedClock(readingsOf: (rolloutId: string) => readonly number[] | undefined): HostClock {
  return ({ rolloutId, reading }) => readingsOf(rolloutId)?.[reading] ?? null;
}
