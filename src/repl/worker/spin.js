// @ts-check
/**
 * Looks at a word for a moment before its thread sleeps, since waking a thread takes longer than many waits. On a busy machine
 * the other side may need the very processor that looks, so each look in vain halves the number of the next ones.
 */

const LEAST_LOOKS = 32;

/**
 * Returns a function that looks until a word has another value than `value`, or long enough.
 * @param {number} mostLooks @returns {(words: Int32Array, at: number, value: number) => void}
 */
export function createSpin(mostLooks) {
  let looks = mostLooks;
  return (words, at, value) => {
    for (let look = 0; look < looks; look++) {
      if (Atomics.load(words, at) === value) continue;
      looks = Math.min(2 * looks, mostLooks);
      return;
    }
    looks = Math.max(looks >> 1, LEAST_LOOKS);
  };
}
