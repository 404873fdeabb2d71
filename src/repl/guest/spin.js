// @ts-check
/**
 * Looks at a word for a while before its thread sleeps, since to wake a thread takes longer than many waits. On a busy machine the
 * other side may need the very processor that looks. So it looks for longer while sleeps turn out to be short, and else gives up
 * sooner.
 */
// The clock of the machine: a worker's own global one is Python's.
import { performance } from "node:perf_hooks";

const LEAST_LOOKS = 500;
/** Waiting this long with open eyes costs no more than falling asleep and being woken. */
const SHORT_MS = 0.06;

/**
 * Returns a function that waits until a word has another value than `value`, or for `ms` beyond the looks; true if it has.
 * @param {number} mostLooks @returns {(words: Int32Array, at: number, value: number, ms: number) => boolean}
 */
export function createSpin(mostLooks) {
  let looks = mostLooks;
  return (words, at, value, ms) => {
    for (let look = 0; look < looks; look++) if (Atomics.load(words, at) !== value) return true;
    const asleepAt = performance.now();
    const isLate = Atomics.wait(words, at, value, ms) === "timed-out";
    const isShort = performance.now() - asleepAt < SHORT_MS;
    looks = isShort ? Math.min(2 * looks, mostLooks) : Math.max(looks >> 1, LEAST_LOOKS);
    return !isLate;
  };
}
