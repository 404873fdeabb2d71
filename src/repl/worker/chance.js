// @ts-check
/** The interpreter's entropy (`os.urandom`, `uuid4`, `secrets`): mulberry32, so that a seed fixes every byte. Not for secrets. */

/** @typedef {ReturnType<typeof createChance>} Chance */

export function createChance() {
  let state = 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
  return {
    byte: next,
    /** @template {Uint8Array} T @param {T} bytes @returns {T} */
    fillBytes: (bytes) => {
      for (let at = 0; at < bytes.length; at++) bytes[at] = next();
      return bytes;
    },
    get: () => state,
    /** @param {number} seed */
    set: (seed) => {
      state = seed >>> 0;
    },
  };
}
