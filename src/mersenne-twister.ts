/** The Mersenne Twister MT19937 (Matsumoto & Nishimura 1998): the source of words under CPython's generator and numpy's legacy one. */

const N = 624;
const M = 397;

/** A stream of 32-bit words that depends only on its seed. */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #next = N;

  private constructor() {}

  /** `init_genrand`, by which numpy's `RandomState` seeds: the seed is one word. */
  static ofWord(seed: number): MersenneTwister {
    const twister = new MersenneTwister();
    twister.#state.set(stateOfWord(seed));
    return twister;
  }

  /** `init_by_array`, by which CPython seeds: the seed is one word or more, the lowest first. */
  static ofWords(key: readonly number[]): MersenneTwister {
    const twister = new MersenneTwister();
    twister.#seedByArray(key);
    return twister;
  }

  /** The next word. Words are made one by one, since many streams give only a few. */
  next(): number {
    const state = this.#state;
    const at = this.#next === N ? 0 : this.#next;
    const after = at + 1 === N ? 0 : at + 1;
    const far = at + M < N ? at + M : at + M - N;
    const mixed = ((state[at] as number) & 0x80000000) | ((state[after] as number) & 0x7fffffff);
    let y = (state[far] as number) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    state[at] = y;
    this.#next = at + 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A float in [0, 1) with 53 bits, of two words: `genrand_res53`. */
  fraction(): number {
    const high = this.next() >>> 5;
    const low = this.next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    state.set(BEFORE_KEYS);
    // `last` is the word before `state[i]`, whose two ends are one place.
    let [i, last] = [1, state[0] as number];
    for (let step = 0, j = 0; step < Math.max(N, key.length); step += 1) {
      const mixed = Math.imul(last ^ (last >>> 30), 1_664_525);
      state[i] = last = (((state[i] as number) ^ mixed) + (key[j] as number) + j) | 0;
      if (++i === N) i = 1;
      if (++j === key.length) j = 0;
    }
    for (let step = 0; step < N - 1; step += 1) {
      const mixed = Math.imul(last ^ (last >>> 30), 1_566_083_941);
      state[i] = last = (((state[i] as number) ^ mixed) - i) | 0;
      if (++i === N) i = 1;
    }
    state[0] = 0x80000000;
  }
}

/** The state that `init_by_array` mixes each key into. */
const BEFORE_KEYS = stateOfWord(19_650_218);

function stateOfWord(seed: number): Uint32Array {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i += 1) {
    const previous = (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
    state[i] = Math.imul(1_812_433_253, previous) + i;
  }
  return state;
}
