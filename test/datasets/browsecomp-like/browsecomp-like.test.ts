import { describe, expect, it } from "vitest";
import { browseCompLike, browseCompLikeDraws } from "../../../datasets/browsecomp-like/browsecomp-like.ts";
import { drawWorld } from "../../../datasets/browsecomp-like/draw-world.ts";
import { failures, nodesOf, solve } from "../../../datasets/browsecomp-like/pattern.ts";
import { STATEMENTS } from "../../../datasets/browsecomp-like/phrases.ts";
import { TRAITS, VALUES } from "../../../datasets/browsecomp-like/vocabulary.ts";
import { formedAnswer } from "../../../datasets/browsecomp/answer-form.ts";
import { exactMatch, lenientMatch, trainingMatch } from "../../../datasets/browsecomp/scorer.ts";
import { Random } from "../../../src/random.ts";
import { datasetContract } from "../dataset-contract.ts";

const worldOf = (count: number, seed: number) =>
  drawWorld(count, (attempt) => Random.of(seed, "world", attempt));
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe.each([
  ["a few documents", 2_000, undefined],
  ["many short documents", 40_000, 380],
  ["long documents", 40_000, 10],
] as const)("browsecomp-like over %s", (_, length, documents) => {
  datasetContract({
    open: () => browseCompLike({ length, seed: 5, ...(documents && { documents }) }),
    scorers: [exactMatch, lenientMatch, trainingMatch],
    gold: ({ answers: [gold = ""] }) => formedAnswer(gold),
    length: { tokens: length, filled: 0.97 },
  });
});

describe("an invented world", () => {
  it.each([10, 50, 1000])("of %i documents has one answer to its question", (count) => {
    for (const seed of seeds) {
      const { world, pattern, gold } = worldOf(count, seed);
      expect(solve(pattern, world)).toEqual([gold.get(pattern)]);
    }
  });

  it("needs 2 to 4 documents to answer, and has each of them", () => {
    const sizes = seeds.map((seed) => {
      const { world, gold } = worldOf(10, seed);
      const documented = world.entities.slice(0, 10);
      for (const entity of gold.values()) expect(documented).toContain(entity);
      return gold.size;
    });
    expect(new Set(sizes)).toEqual(new Set([2, 3, 4]));
  });

  it("has a near miss for each thing asked: without any one of them, the question has other answers", () => {
    for (const seed of seeds) {
      const { world, pattern } = worldOf(200, seed);
      for (const left of nodesOf(pattern).flatMap(({ tests }) => tests)) {
        const loose = JSON.parse(
          JSON.stringify(pattern, (key, value: unknown) =>
            key === "tests" ? (value as unknown[]).filter((test) => test !== left) : value,
          ),
        ) as typeof pattern;
        expect(solve(loose, world).length).toBeGreaterThan(1);
      }
    }
  });

  it("gives no name twice", () => {
    const { world } = worldOf(5000, 1);
    expect(new Set(world.entities.map(({ name }) => name)).size).toBe(world.entities.length);
  });

  it("asks for every kind of thing, by every trait", () => {
    const nodes = seeds.flatMap((seed) => nodesOf(worldOf(50, seed).pattern));
    const asked = new Set(nodes.flatMap(({ kind, tests }) => tests.map(({ trait }) => `${kind} ${trait}`)));
    expect(asked.size).toBe(Object.values(TRAITS).flat().length);
    expect(failures({ tests: [{ trait: "year", value: 1870 }] }, { year: 1879 })).toBe(0);
  });
});

describe("the documents of browsecomp-like", () => {
  const draw = browseCompLikeDraws({ length: 8000, seed: 2 });

  it("are as many as asked for", () => {
    expect(browseCompLikeDraws({ length: 30_000, documents: 200, seed: 1 })(0).documents).toHaveLength(200);
    expect(draw(0).documents).toHaveLength(27);
  });

  it("do not name the answer in the question", () => {
    for (const seed of seeds.slice(0, 20)) {
      const { question, answer } = draw(seed);
      expect(question).not.toContain(answer);
    }
  });

  it("word each thing in several ways", () => {
    for (const forms of Object.values(STATEMENTS)) expect(new Set(forms).size).toBeGreaterThanOrEqual(4);
    for (const values of Object.values(VALUES)) {
      for (const wordings of values) expect(wordings.length).toBe(3);
      expect(new Set(values.flat()).size).toBe(values.flat().length);
    }
  });

  it("are refused if they are too many for the tokens, or out of range", () => {
    expect(() => browseCompLikeDraws({ length: 2000, documents: 100, seed: 1 })(0)).toThrow(
      /2000 tokens do not hold 100 documents; expected at least \d+/,
    );
    for (const documents of [9, 100_001, 10.5])
      expect(() => browseCompLikeDraws({ length: 1e6, documents, seed: 1 })).toThrow("from 10 to 100000");
  });
});
