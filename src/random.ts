/**
 * The seeded generator: CPython's `random.Random` (Mersenne Twister MT19937, Matsumoto & Nishimura 1998) with its
 * derived draws (`_randbelow`, `sample`, `shuffle`), so that a file that a Python script made can be made again here.
 */
import { createHash } from "node:crypto";
import { MersenneTwister } from "./mersenne-twister.ts";

/** A generator whose numbers depend only on its seed, on every machine, and equal those of CPython's `random.Random`. */
export class Random {
  readonly #words: MersenneTwister;

  /** @param seed a whole number; as in CPython, only its absolute value counts */
  constructor(seed: number | bigint) {
    this.#words = MersenneTwister.ofWords(wordsOf(seed));
  }

  /** An independent stream for a name under a seed, for example one for each task of a dataset. */
  static of(seed: number, ...names: readonly (string | number)[]): Random {
    const digest = createHash("sha256")
      .update(JSON.stringify([seed, ...names]))
      .digest();
    return new Random(digest.readBigUInt64BE(0));
  }

  /** A float in [0, 1) with 53 bits. */
  random(): number {
    return this.#words.fraction();
  }

  /** A whole number of `bits` random bits. */
  getrandbits(bits: number): bigint {
    let value = 0n;
    for (let done = 0; done < bits; done += 32) {
      const left = bits - done;
      const word = left < 32 ? this.#words.next() >>> (32 - left) : this.#words.next();
      value |= BigInt(word) << BigInt(done);
    }
    return value;
  }

  /** A whole number in [0, n), n ≤ 2^53: CPython's `_randbelow_with_getrandbits`. */
  below(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1)
      throw new RangeError(`Random.below: expected a whole number ≥ 1, got ${n}`);
    const bits = bitLength(n);
    let value = this.#bits(bits);
    while (value >= n) value = this.#bits(bits);
    return value;
  }

  /** A whole number in [low, high], both ends included. */
  randint(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.random();
  }

  choice<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** `k` items, each drawn from all of them. */
  choices<T>(items: readonly T[], k: number): T[] {
    return Array.from({ length: k }, () => items[Math.floor(this.random() * items.length)] as T);
  }

  /** `k` distinct items in drawn order; CPython's two methods, chosen as CPython chooses. */
  sample<T>(items: readonly T[], k: number): T[] {
    return this.sampleIndices(items.length, k).map((index) => items[index] as T);
  }

  /** `sample(range(n), k)` without building the range. */
  sampleIndices(n: number, k: number): number[] {
    if (k < 0 || k > n) throw new RangeError(`Random.sample: cannot draw ${k} of ${n}`);
    return n <= sampleSetSize(k) ? this.#sampleFromPool(n, k) : this.#sampleBySet(n, k);
  }

  /** Shuffles in place by CPython's Fisher–Yates. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      const held = items[i] as T;
      items[i] = items[j] as T;
      items[j] = held;
    }
    return items;
  }

  #sampleFromPool(n: number, k: number): number[] {
    const pool = Array.from({ length: n }, (_, index) => index);
    const drawn: number[] = [];
    for (let i = 0; i < k; i += 1) {
      const j = this.below(n - i);
      drawn.push(pool[j] as number);
      pool[j] = pool[n - i - 1] as number;
    }
    return drawn;
  }

  #sampleBySet(n: number, k: number): number[] {
    const seen = new Set<number>();
    while (seen.size < k) {
      let index = this.below(n);
      while (seen.has(index)) index = this.below(n);
      seen.add(index);
    }
    return [...seen];
  }

  #bits(bits: number): number {
    return bits <= 32 ? this.#words.next() >>> (32 - bits) : Number(this.getrandbits(bits));
  }
}

function wordsOf(seed: number | bigint): number[] {
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new RangeError(`Random: expected a whole number as seed, got ${seed}`);
  }
  let rest = BigInt(seed) < 0n ? -BigInt(seed) : BigInt(seed);
  const words: number[] = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function bitLength(n: number): number {
  return n.toString(2).length;
}

/** CPython samples from a copied list up to this population size, and from a set above it. */
function sampleSetSize(k: number): number {
  return k > 5 ? 21 + 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 21;
}
