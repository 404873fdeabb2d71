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
    twister.#seedByWord(seed);
    return twister;
  }

  /** `init_by_array`, by which CPython seeds: the seed is one word or more, the lowest first. */
  static ofWords(key: readonly number[]): MersenneTwister {
    const twister = new MersenneTwister();
    twister.#seedByArray(key);
    return twister;
  }

  /** The next word. */
  next(): number {
    if (this.#next === N) this.#twist();
    let y = this.#state[this.#next] as number;
    this.#next += 1;
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

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < N; i += 1) {
      const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % N] as number) & 0x7fffffff);
      state[i] = (state[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }

  #seedByWord(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < N; i += 1) {
      const previous = (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
      state[i] = Math.imul(1_812_433_253, previous) + i;
    }
  }

  #seedByArray(key: readonly number[]): void {
    this.#seedByWord(19_650_218);
    const state = this.#state;
    let i = 1;
    const advance = () => {
      i += 1;
      if (i < N) return;
      state[0] = state[N - 1] as number;
      i = 1;
    };
    const mixed = () => {
      const previous = state[i - 1] as number;
      return previous ^ (previous >>> 30);
    };
    for (let step = 0, j = 0; step < Math.max(N, key.length); step += 1, j = (j + 1) % key.length) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(), 1_664_525)) + (key[j] as number) + j;
      advance();
    }
    for (let step = 0; step < N - 1; step += 1) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(), 1_566_083_941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }
}
