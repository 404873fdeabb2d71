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
const path = fileURLToPath(new URL("data/py-random-vectors.json", import.meta.url));
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vectors;

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
