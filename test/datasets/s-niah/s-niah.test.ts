import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sNiah } from "../../../datasets/s-niah/s-niah.ts";
import { stringMatchAll, trainingScore } from "../../../datasets/s-niah/scorer.ts";
import { VARIANTS, type VariantName } from "../../../datasets/s-niah/variants.ts";
import { textOf } from "../text-of.ts";
import { WordPairs } from "../../../datasets/s-niah/word-pairs.ts";
import { UsageError } from "../../../src/errors.ts";
import { countTokens } from "../../../src/cost/tokens.ts";
import { datasetContract } from "../dataset-contract.ts";

const variants = Object.keys(VARIANTS) as VariantName[];

describe.each(variants)("S-NIAH %s", (variant) => {
  datasetContract({
    open: () => sNiah({ variant, length: 2000, seed: 3 }),
    scorers: [stringMatchAll, trainingScore],
    length: { tokens: 2000, filled: 0.95 },
  });

  it("hides each answer in one needle with a key that was asked for", async () => {
    const { task, reference } = await at(variant, 4000, 1, 0);
    const needles = textOf(task).match(/One of the special magic \w+ for \S+ is: \S+\./g) ?? [];
    const asked = needles.filter((needle) => task.question.includes(` ${keyOf(needle)}`));
    expect(asked).toHaveLength(reference.answers.length);
    for (const answer of reference.answers)
      expect(needles.filter((needle) => needle.endsWith(`: ${answer}.`))).toHaveLength(1);
  });

  it("counts tokens by sums that agree with counting the whole text, at any length", async () => {
    const lengths = fc.integer({ min: 600, max: 20_000 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat({ max: 1000 }), async (length, seed) => {
        const { task } = await at(variant, length, seed, seed);
        expect(task.contextTokens).toBe(countTokens(textOf(task)));
        expect(task.contextTokens).toBeLessThanOrEqual(length);
      }),
      { numRuns: 10 },
    );
  });
});

describe("S-NIAH", () => {
  it("hides needles at all depths, so that their position tells nothing", async () => {
    const depths = new Set<number>();
    for (let index = 0; index < 60; index += 1) {
      const { task } = await at("niah_single_1", 3000, 5, index);
      const context = textOf(task);
      depths.add(Math.floor((context.indexOf("One of the special") / context.length) * 5));
    }
    expect([...depths].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it("reads a short essay again from its front", async () => {
    const essay = "Rain fell on the harbour. Nobody came. The lamps were lit at four.";
    const { task } = await sNiah({ variant: "niah_single_2", length: 500, seed: 1, essay }).at!(0);
    expect(textOf(task).split("Nobody came.").length).toBeGreaterThan(10);
    expect(task.contextTokens).toBe(countTokens(textOf(task)));
  });

  it("asks RULER's question", async () => {
    const one = await at("niah_single_3", 1000, 1, 0);
    expect(one.task.question).toMatch(
      /^What is the special magic uuid for \S+ mentioned in the provided text\?$/,
    );
    const four = await at("niah_multiquery", 1000, 1, 0);
    expect(four.task.question).toMatch(
      /^What are all the special magic numbers for \S+, \S+, \S+, and \S+ mentioned in the provided text\?$/,
    );
  });

  it("refuses a variant that does not exist, a length without room, and too few words", async () => {
    expect(() => sNiah({ variant: "niah_single_9" as VariantName, length: 1000, seed: 1 })).toThrow(
      /niah_single_9.*niah_single_1/,
    );
    for (const variant of variants) await expect(at(variant, 10, 1, 0)).rejects.toThrow(UsageError);
    const words = new WordPairs(["red", "blue"], ["fox"]);
    expect(() => sNiah({ variant: "niah_multikey_1", length: 1000, seed: 1, words })).toThrow(UsageError);
  });

  it("makes a context of a million tokens", async () => {
    const { task } = await at("niah_multikey_2", 1_000_000, 1, 0);
    expect(task.contextTokens).toBeGreaterThan(999_900);
    expect(textOf(task).length).toBeGreaterThan(3_000_000);
  });
});

async function at(variant: VariantName, length: number, seed: number, index: number) {
  return sNiah({ variant, length, seed }).at!(index);
}

function keyOf(needle: string): string {
  return /for (\S+) is/.exec(needle)?.[1] ?? "";
}
