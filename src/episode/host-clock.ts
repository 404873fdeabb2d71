/** The host's clock inside the REPL: read at stated moments, so that the record holds every reading and a replay gives them again. */
import { UsageError } from "../errors.ts";

/** A reading of an episode's clock: the first one at its beginning, then one before each turn. */
export interface ClockPlace {
  readonly rolloutId: string;
  /** From 0. */
  readonly reading: number;
}

/** Milliseconds since 1970; null leaves the REPL's clock where it is. */
export type HostClock = (place: ClockPlace) => number | null;

/** The end of the year 9999, past which Python's `datetime` does not go. */
const MAX_MS = 253_402_300_799_999;

/** The next reading, added to those there are. Undefined without a clock. Throws `UsageError` for a time that is none. */
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

/** Gives the readings of records again, by rollout id, and then leaves the REPL's clock to itself. */
export function recordedClock(readingsOf: (rolloutId: string) => readonly number[] | undefined): HostClock {
  return ({ rolloutId, reading }) => readingsOf(rolloutId)?.[reading] ?? null;
}
