// @ts-check
/**
 * The interpreter's own clock. It moves by one microsecond with each reading and by the time Python sleeps, and never
 * otherwise. So its beginning and what Python did fix every reading.
 */

const NANOSECONDS_PER_READING = 1000n;
/** 2025-01-01T00:00:00Z: the beginning of every episode's clock unless the host sets another one. */
export const EPOCH_NS = 1_735_689_600_000_000_000n;

/** @typedef {ReturnType<typeof createClock>} Clock */
/** @typedef {{ clockNs: bigint, idleNs: bigint }} Hands - the time, and the part of it in which Python did not work */

export function createClock() {
  let [now, idle] = [EPOCH_NS, EPOCH_NS];
  return {
    /** Nanoseconds; the clock moves on. */
    read: () => (now += NANOSECONDS_PER_READING),
    /** Nanoseconds of Python's own work: without the time before the episode and the time slept. The clock moves on. */
    readWork: () => (now += NANOSECONDS_PER_READING) - idle,
    /** Milliseconds; the clock moves on. */
    milliseconds: () => Number((now += NANOSECONDS_PER_READING)) / 1e6,
    /** Whole milliseconds, for the time stamps of files. The clock does not move. */
    wallMilliseconds: () => Number(now / 1_000_000n),
    /** @param {number} seconds */
    advance: (seconds) => {
      const slept = BigInt(Math.round(seconds * 1e9));
      now += slept;
      idle += slept;
    },
    /** Moves the clock forward to a time; an earlier time changes nothing. @param {bigint} nanoseconds */
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
    /** Starts the clock at a time. @param {bigint} nanoseconds */
    begin: (nanoseconds) => {
      [now, idle] = [nanoseconds, nanoseconds];
    },
  };
}
