import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bestRougeL } from "../../../datasets/longbench-pro/rouge.ts";
import { goldAnswer, longBenchProScorers } from "../../../datasets/longbench-pro/scorer.ts";
import { jiebaSegmenter } from "../../../datasets/longbench-pro/segment.ts";
import { TASK_METRICS } from "../../../datasets/longbench-pro/tasks.ts";
import type { Reference } from "../../../src/types.ts";
import { type Case, cases, type Kind, KINDS } from "./cases.ts";

/** What the authors' code gave, rounded to 12 places. */
const python = JSON.parse(readFileSync(new URL("python-scores.json", import.meta.url), "utf8")) as {
  readonly seed: number;
  readonly scores: Readonly<Record<Kind, readonly number[]>>;
};
const jieba = fileURLToPath(new URL("jieba", import.meta.url));
const { official, lenient, training } = longBenchProScorers(jiebaSegmenter(jieba));

function referenceOf({ answer, secondary_task, language }: Omit<Case, "prediction">): Reference {
  return {
    taskId: "t",
    answers: answer,
    metadata: { [TASK_METRICS[secondary_task]!]: true, isChinese: language === "Chinese" },
  };
}

const asked = (metric: Kind, ...answer: string[]) =>
  referenceOf({ secondary_task: KINDS[metric][0], language: KINDS[metric][1], answer });

describe("the scores of LongBench-Pro", () => {
  it.each(Object.keys(KINDS) as Kind[])("of %s are those of the authors' code on 1,200 replies", (kind) => {
    const scores = python.scores[kind];
    expect(scores).toHaveLength(1200);
    for (const [index, given] of cases(kind, scores.length, python.seed).entries())
      expect(official(given.prediction, referenceOf(given)), JSON.stringify(given)).toBeCloseTo(
        scores[index]!,
        10,
      );
  });

  it("are 1 for the gold of every metric, but for the rounding of a summary and an order of one line", () => {
    for (const metric of ["NDCG", "Pairwise_Accuracy", "Accuracy", "F1_Score", "SubEM"] as const) {
      const reference = asked(metric, "B  one", "a\nb", "Ⅲ");
      expect(official(goldAnswer(reference), reference)).toBe(1);
      expect(training(goldAnswer(reference), reference)).toBe(1);
    }
    const summary = asked("Summary", "The storm broke. Nobody sailed.");
    expect(official(goldAnswer(summary), summary)).toBeCloseTo(1, 7);
    const alone = asked("Pairwise_Accuracy", "one");
    expect(official(goldAnswer(alone), alone)).toBe(0);
  });

  it("are 0 for nothing, whatever is asked", () => {
    for (const metric of Object.keys(KINDS) as Kind[])
      for (const empty of ["", " \n\u3000"]) expect(official(empty, asked(metric, "a", "b"))).toBe(0);
  });

  it("forgive marks of lists and of bold only if lenient", () => {
    const reference = asked("F1_Score", "alpha", "beta");
    const reply = "[Answer]\n- **Alpha**\n2. `beta`";
    expect([official(reply, reference), lenient(reply, reference)]).toEqual([0, 1]);
  });

  it("pay less in training for a few lines in order, which the authors' code counts in full", () => {
    const reference = asked("Pairwise_Accuracy", "a", "b", "c", "d");
    expect([official("a\nb", reference), training("a\nb", reference)]).toEqual([1, 1 / 6]);
    expect(training("a\nb\nc\nd", reference)).toBe(1);
  });

  it("pay less in training for more lines than there are golds, and nothing for a long reply", () => {
    const reference = asked("SubEM", "7");
    const all = Array.from({ length: 10 }, (_, i) => String(i)).join("\n");
    expect([official(all, reference), training(all, reference)]).toEqual([1, 0.1]);
    expect(training(`7\n${" ".repeat(500)}x`, reference)).toBe(0);
    expect(official(`7\n${" ".repeat(500)}x`, reference)).toBe(1);
  });
});

describe("ROUGE-L", () => {
  it("is 0 where Python's recursion ends: at 987 steps in one pair of sentences", () => {
    const text = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
    expect(bestRougeL(text(986), [text(986)])).toBeCloseTo(1, 7);
    expect(bestRougeL(text(987), [text(987)])).toBe(0);
  });

  it("is 0 for a text without a sentence, of either side, and for one that was written to be slow", () => {
    expect(bestRougeL("...", ["a"])).toBe(0);
    expect(bestRougeL("a", ["a", "."])).toBe(0);
    expect(bestRougeL("a b c d. ".repeat(4_000), ["a b c d. ".repeat(400)])).toBe(0);
    expect(official("a. ".repeat(20_000), asked("Summary", "a"))).toBe(0);
  });
});

describe("jieba's folder", () => {
  it("is named with what it lacks", () => {
    expect(() => jiebaSegmenter("/nowhere")).toThrow(/\/nowhere: expected the folder.*dict\.txt/);
  });
});
