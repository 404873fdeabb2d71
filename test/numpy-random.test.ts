import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NumpyRandom } from "../src/numpy-random.ts";

/** Draws of one `numpy.random.RandomState(seed)`, in the order of the fields; the last two are hashes of 3,000 draws each. */
interface Case {
  seed: number;
  random: number[];
  randint: [low: number, high: number, drawn: number][];
  zipf: [a: number, drawn: number[]][];
  randints: string;
  zipfs: string;
}
const vectors = JSON.parse(readFileSync(new URL("data/numpy-random.json", import.meta.url), "utf8")) as {
  numpy: string;
  cases: Case[];
};

const hashOf = (draw: () => number) =>
  createHash("sha256")
    .update(Array.from({ length: 3000 }, draw).join(","))
    .digest("hex");

describe(`NumpyRandom, beside what numpy ${vectors.numpy} drew`, () => {
  it.each(vectors.cases)("follows RandomState($seed) through every kind of draw", (expected) => {
    const random = new NumpyRandom(expected.seed);
    const drawn: Case = {
      seed: expected.seed,
      random: expected.random.map(() => random.random()),
      randint: expected.randint.map(([low, high]) => [low, high, random.randint(low, high)]),
      zipf: expected.zipf.map(([a, ranks]) => [a, ranks.map(() => random.zipf(a))]),
      randints: hashOf(() => random.randint(10_000, 99_999)),
      zipfs: hashOf(() => random.zipf(2)),
    };
    expect(drawn).toEqual(expected);
  });

  it("refuses what numpy refuses", () => {
    expect(() => new NumpyRandom(-1)).toThrow(/from 0 to 2\^32 - 1/);
    expect(() => new NumpyRandom(2 ** 32)).toThrow(/from 0 to 2\^32 - 1/);
    expect(() => new NumpyRandom(0).randint(3, 3)).toThrow(/low < high/);
    expect(() => new NumpyRandom(0).zipf(1)).toThrow(/over 1/);
  });
});
