// @ts-check
/**
 * The interpreter's own clock: it moves by one microsecond with each reading, by the seconds Python sleeps, and not
 * otherwise, so that a seed fixes every reading.
 */

const NANOSECONDS_PER_READING = 1000n;
/** 2025-01-01T00:00:00Z, where the clock of every episode begins unless the host says otherwise. */
export const EPOCH_NS = 1_735_689_600_000_000_000n;

/** @typedef {ReturnType<typeof createClock>} Clock */

export function createClock() {
  let now = EPOCH_NS;
  return {
    /** Nanoseconds; the clock moves on. */
    read: () => (now += NANOSECONDS_PER_READING),
    /** Milliseconds; the clock moves on. */
    milliseconds: () => Number((now += NANOSECONDS_PER_READING)) / 1e6,
    /** Whole milliseconds for time stamps of files; the clock stands. */
    wallMilliseconds: () => Number(now / 1_000_000n),
    /** @param {number} seconds */
    advance: (seconds) => {
      now += BigInt(Math.round(seconds * 1e9));
    },
    get: () => now,
    /** @param {bigint} nanoseconds */
    set: (nanoseconds) => {
      now = nanoseconds;
    },
  };
}
