// @ts-check
/**
 * The interpreter's own clock: it moves by one microsecond with each reading, by the seconds Python sleeps, and not
 * otherwise, so that where it began and what Python did fix every reading.
 */

const NANOSECONDS_PER_READING = 1000n;
/** 2025-01-01T00:00:00Z, where the clock of every episode begins unless the host says otherwise. */
export const EPOCH_NS = 1_735_689_600_000_000_000n;

/** @typedef {ReturnType<typeof createClock>} Clock */
/** @typedef {{ clockNs: bigint, idleNs: bigint }} Hands - the time, and what of it is not Python's own work */

export function createClock() {
  let [now, idle] = [EPOCH_NS, EPOCH_NS];
  return {
    /** Nanoseconds; the clock moves on. */
    read: () => (now += NANOSECONDS_PER_READING),
    /** Nanoseconds without those before the beginning and those slept; the clock moves on. */
    readWork: () => (now += NANOSECONDS_PER_READING) - idle,
    /** Milliseconds; the clock moves on. */
    milliseconds: () => Number((now += NANOSECONDS_PER_READING)) / 1e6,
    /** Whole milliseconds for time stamps of files; the clock stands. */
    wallMilliseconds: () => Number(now / 1_000_000n),
    /** @param {number} seconds */
    advance: (seconds) => {
      const slept = BigInt(Math.round(seconds * 1e9));
      now += slept;
      idle += slept;
    },
    /** To a time, where it has not come so far. @param {bigint} nanoseconds */
    forwardTo: (nanoseconds) => {
      if (nanoseconds <= now) return;
      idle += nanoseconds - now;
      now = nanoseconds;
    },
    /** @returns {Hands} */
    get: () => ({ clockNs: now, idleNs: idle }),
    /** @param {Hands} hands */
    set: ({ clockNs, idleNs }) => {
      [now, idle] = [clockNs, idleNs];
    },
    /** Begins anew. @param {bigint} nanoseconds */
    begin: (nanoseconds) => {
      [now, idle] = [nanoseconds, nanoseconds];
    },
  };
}
