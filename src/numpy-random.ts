/**
 * numpy's legacy generator, `numpy.random.RandomState` (its `legacy-distributions.c`, `distributions.c` and `_mt19937.pyx`),
 * whose stream is frozen, so that what a Python script drew with it can be drawn again here.
 */
import { MersenneTwister } from "./mersenne-twister.ts";

const WORD = 2 ** 32;

/** Draws the numbers of `numpy.random.RandomState(seed)`. */
export class NumpyRandom {
  readonly #words: MersenneTwister;

  /** @param seed a whole number from 0 to 2^32 − 1, the seeds that numpy takes */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= WORD)
      throw new RangeError(`NumpyRandom: expected a whole number from 0 to 2^32 - 1 as seed, got ${seed}`);
    this.#words = MersenneTwister.ofWord(seed);
  }

  /** `random_sample()`: a float in [0, 1). */
  random(): number {
    return this.#words.fraction();
  }

  /** `randint(low, high)`: a whole number in [low, high), less than 2^32 apart; masked words until one is in range. */
  randint(low: number, high: number): number {
    const range = high - 1 - low;
    if (!Number.isSafeInteger(low) || !(range >= 0 && range < WORD))
      throw new RangeError(`NumpyRandom.randint: expected low < high ≤ low + 2^32, got ${low} and ${high}`);
    if (range === 0) return low;
    const mask = 0xffffffff >>> Math.clz32(range);
    let value = (this.#words.next() & mask) >>> 0;
    while (value > range) value = (this.#words.next() & mask) >>> 0;
    return low + value;
  }

  /** `zipf(a)`: a rank ≥ 1 with a probability in proportion to rank^−a, by rejection (Devroye 1986, p. 551). */
  zipf(a: number): number {
    if (!(a > 1)) throw new RangeError(`NumpyRandom.zipf: expected a number over 1, got ${a}`);
    const power = a - 1;
    const b = 2 ** power;
    for (;;) {
      const u = 1 - this.random();
      const v = this.random();
      const x = Math.floor(u ** (-1 / power));
      // numpy draws again for what no 64-bit integer holds.
      if (x > 2 ** 63 || x < 1) continue;
      const t = (1 + 1 / x) ** power;
      if ((v * x * (t - 1)) / (b - 1) <= t / b) return x;
    }
  }
}
