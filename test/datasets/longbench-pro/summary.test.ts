/** The whole score of summaries, with vectors in the place of an embedding model's. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { longBenchProScorers } from "../../../datasets/longbench-pro/scorer.ts";
import { jiebaSegmenter } from "../../../datasets/longbench-pro/segment.ts";
import type { Embed, Reference } from "../../../src/types.ts";
import { cases, KINDS } from "./cases.ts";
import { vectorOf } from "./summary-vectors.ts";

type SummaryKind = "Summary" | "Chinese Summary";
/** What the authors' code gave with the same vectors, rounded to 12 places. */
const python = JSON.parse(readFileSync(new URL("python-summary-scores.json", import.meta.url), "utf8")) as {
  readonly seed: number;
  readonly scores: Readonly<Record<SummaryKind, readonly number[]>>;
};
const jieba = fileURLToPath(new URL("jieba", import.meta.url));
const { official, lenient, embedded } = longBenchProScorers(jiebaSegmenter(jieba));
const embed: Embed = (texts) => Promise.resolve(texts.map(vectorOf));

const referenceOf = (answers: readonly string[], language = "English"): Reference => ({
  taskId: "t",
  answers,
  metadata: { Summary: true, isChinese: language === "Chinese" },
});
const scoreOf = async (answer: string, golds: readonly string[], model = embed) =>
  (await embedded.score([{ answer, reference: referenceOf(golds) }], model))[0]!;

describe("the whole score of a summary", () => {
  it.each(["Summary", "Chinese Summary"] as const)(
    "(%s) is that of the authors' code on 1,200 replies",
    async (kind) => {
      const wanted = python.scores[kind];
      expect(wanted).toHaveLength(1200);
      const given = cases(kind, wanted.length, python.seed);
      const answered = given.map(({ prediction, answer }) => ({
        answer: prediction,
        reference: referenceOf(answer, KINDS[kind][1]),
      }));
      const scores = await embedded.score(answered, embed);
      for (const [index, score] of scores.entries())
        expect(score.official, JSON.stringify(given[index])).toBeCloseTo(wanted[index]!, 10);
    },
  );

  it("sends texts in lower case and with single spaces, each once, without an instruction", async () => {
    const sent: string[] = [];
    const golds = ["The storm  broke.", "Nobody sailed."];
    await scoreOf(" [Answer]\nThe\tStorm broke. ", golds, (texts) => {
      sent.push(...texts);
      return embed(texts);
    });
    expect(sent).toEqual(["[answer] the storm broke.", "the storm broke.", "nobody sailed."]);
  });

  it("takes each half from its own best gold", async () => {
    const vectors: Readonly<Record<string, number[]>> = { "a b": [1, 0], "a b c d": [0, 1], x: [3, 0] };
    const model: Embed = (texts) => Promise.resolve(texts.map((text) => vectors[text]!));
    const { official: score } = await scoreOf("a b", ["a b c d", "x"], model);
    expect(score).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 7);
  });

  it("is 0 where likeness is below 0 and no word is shared, and half of ROUGE-L for a vector of zeros", async () => {
    const against: Embed = () => Promise.resolve([[1], [-1]]);
    expect(await scoreOf("a", ["b"], against)).toEqual({ official: 0, lenient: 0 });
    const nothing: Embed = () => Promise.resolve([[0], [1]]);
    const shared = official("a b", referenceOf(["a c"]));
    expect(shared).toBeGreaterThan(0);
    expect((await scoreOf("a b", ["a c"], nothing)).official).toBe(shared / 2);
  });

  it("asks nothing for empty and for endless replies, which get 0, and for other metrics, which stay as they are", async () => {
    const never: Embed = () => Promise.reject(new Error("asked"));
    for (const answer of ["", " \n", "a ".repeat(20_000)])
      expect(await scoreOf(answer, ["a"], never)).toEqual({ official: 0, lenient: 0 });
    const reference: Reference = { taskId: "t", answers: ["a", "b"], metadata: { F1_Score: true } };
    const answer = "[Answer]\n- **A**\n- b";
    expect(await embedded.score([{ answer, reference }], never)).toEqual([
      { official: official(answer, reference), lenient: lenient(answer, reference) },
    ]);
    expect([embedded.needs(reference), embedded.needs(referenceOf(["a"]))]).toEqual([false, true]);
  });

  it("refuses vectors that do not fit the texts", async () => {
    const wrong = (...vectors: number[][]) => scoreOf("a", ["b"], () => Promise.resolve(vectors));
    await expect(wrong([1])).rejects.toThrow(/expected 2 vectors of one size, got 1/);
    await expect(wrong([1], [1, 2])).rejects.toThrow(/expected 2 vectors of one size/);
    await expect(wrong([1], [NaN])).rejects.toThrow(/vector 1: expected finite numbers/);
  });
});
