import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PUBLISHED_LABELS } from "../../../datasets/babilong/labels.ts";
import { lenientScore, officialScore, trainingScore } from "../../../datasets/babilong/scorer.ts";
import type { Reference } from "../../../src/types.ts";
import { scorerCases } from "./scorer-cases.ts";

/** `scores`: a digit for each case. */
const python = JSON.parse(readFileSync(new URL("python-scores.json", import.meta.url), "utf8")) as {
  seed: number;
  scores: string;
};
const of = (task: string, target: string, question = "Where is Mary?"): Reference => ({
  taskId: "t",
  answers: [target],
  metadata: { question, labels: [...PUBLISHED_LABELS[task]!] },
});

describe("the score of BABILong", () => {
  it("is that of its own code", () => {
    expect(python.scores).toHaveLength(3000);
    for (const [index, { task, reply, question, target }] of scorerCases(3000, python.seed).entries())
      expect(
        officialScore(reply, of(task, target, question)),
        JSON.stringify({ task, reply, question, target }),
      ).toBe(Number(python.scores[index]));
  });

  it("takes a reply that names the target alone, besides what the question names", () => {
    const target = of("qa3", "garden", "Where was the milk before the office?");
    expect(officialScore("Before the office the milk was in the garden.", target)).toBe(1);
    expect(officialScore("The garden or the kitchen.", target)).toBe(0);
    expect(officialScore("I cannot tell. The garden.", target)).toBe(0);
    expect(officialScore("milk and apple", of("qa8", "apple,milk"))).toBe(1);
  });

  it("never takes the published answer none, in which it finds one; the lenient score does", () => {
    expect(officialScore("none", of("qa7", "none"))).toBe(0);
    expect(lenientScore("None", of("qa7", "none"))).toBe(1);
    expect(lenientScore("one", of("qa7", "none"))).toBe(0);
    expect(lenientScore("I know: no", of("qa6", "no"))).toBe(1);
  });

  it("leaves no room in training for a text that begins with the right fact", () => {
    const text = "Mary went to the garden. John went to the office. John went to the garden.";
    expect(officialScore(text, of("qa1", "garden"))).toBe(1);
    expect(trainingScore(text, of("qa1", "garden"))).toBe(0);
    expect(trainingScore("Mary is in the garden.", of("qa1", "garden"))).toBe(1);
  });
});
