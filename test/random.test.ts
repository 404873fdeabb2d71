import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../src/random.ts";

interface Vectors {
  seed: number;
  getrandbits32x4: number[];
  sequence: Record<string, unknown>;
}
const vectors = read("py-random-vectors.json") as Vectors;

/** Draws of one `random.Random(seed)` in the order of the fields; of `[..arguments, result]` where a list. */
interface Case {
  seed: string;
  getrandbits128: string[];
  getrandbits: Record<string, string>;
  random: number[];
  sample: [number, number, number[]][];
  shuffle: Record<string, number[]>;
  randint: [number, number, number][];
  choice: number[];
  uniform: number[];
}
const { cases } = read("py-random-cases.json") as { cases: Case[] };

function read(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`data/${name}`, import.meta.url)), "utf8"));
}

describe("Random", () => {
  it("draws the words that CPython draws from the same seed", () => {
    const random = new Random(vectors.seed);
    expect(vectors.getrandbits32x4.map(() => Number(random.getrandbits(32)))).toEqual(
      vectors.getrandbits32x4,
    );
  });

  it("follows CPython through random, randint, choice, sample and shuffle", () => {
    const random = new Random(vectors.seed);
    const range = (n: number) => Array.from({ length: n }, (_, i) => i);
    const drawn = {
      random: random.random(),
      "randint(1e6,9999999)": random.randint(1e6, 9_999_999),
      "choice(range(100))": random.choice(range(100)),
      "sample(range(40),5)": random.sample(range(40), 5),
      "sample(range(5),3)": random.sample(range(5), 3),
      "then shuffle(range(10))": random.shuffle(range(10)),
    };
    expect(drawn).toEqual(vectors.sequence);
  });

  it.each(cases)("follows CPython from seed $seed, through every kind of draw", (expected) => {
    const random = new Random(BigInt(expected.seed));
    const range = (n: number) => Array.from({ length: n }, (_, i) => i);
    const drawn = {
      seed: expected.seed,
      getrandbits128: [String(random.getrandbits(128)), String(random.getrandbits(128))],
      getrandbits: mapValues(expected.getrandbits, (bits) => String(random.getrandbits(Number(bits)))),
      random: expected.random.map(() => random.random()),
      sample: expected.sample.map(([n, k]) => [n, k, random.sampleIndices(n, k)]),
      shuffle: mapValues(expected.shuffle, (n) => random.shuffle(range(Number(n)))),
      randint: expected.randint.map(([low, high]) => [low, high, random.randint(low, high)]),
      choice: [1, 2, 3, 6_171_620].map((n) => random.below(n)),
      uniform: [random.uniform(0, 1), random.uniform(-3, 7)],
    };
    expect(drawn).toEqual(expected);
  });

  it("stays below the bound, whatever the bound", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, n) => {
        const drawn = new Random(seed).below(n);
        expect(drawn).toBeGreaterThanOrEqual(0);
        expect(drawn).toBeLessThan(n);
      }),
    );
  });

  it("samples distinct positions", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        (seed, n, k) => {
          fc.pre(k <= n);
          expect(new Set(new Random(seed).sampleIndices(n, k)).size).toBe(k);
        },
      ),
    );
  });

  it("gives each name its own stream", () => {
    expect(Random.of(1, "a").random()).toBe(Random.of(1, "a").random());
    expect(Random.of(1, "a").random()).not.toBe(Random.of(1, "b").random());
    expect(Random.of(1, "a").random()).not.toBe(Random.of(2, "a").random());
  });
});

function mapValues<T>(record: Record<string, T>, value: (key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.keys(record).map((key) => [key, value(key)]));
}
