import { describe, expect, it } from "vitest";
import { stringMatchAll, stringMatchPart, trainingScore } from "../../../datasets/s-niah/scorer.ts";
import type { Reference } from "../../../src/types.ts";

const reference = (...answers: string[]): Reference => ({ taskId: "t", answers, metadata: {} });

describe("RULER's scorers", () => {
  it("give the share of the references that the answer contains", () => {
    const gold = reference("1111111", "2222222", "3333333", "4444444");
    expect(stringMatchAll("4444444 and 1111111.", gold)).toBe(0.5);
    expect(stringMatchPart("4444444 and 1111111.", gold)).toBe(1);
    expect(stringMatchPart("none", gold)).toBe(0);
  });

  it("ignore case and turn control characters into line feeds", () => {
    expect(stringMatchAll("\tRed-Fox\u0007", reference("red-fox"))).toBe(1);
    expect(stringMatchAll("red\tfox", reference("red\nfox"))).toBe(1);
  });

  it("score an answer longer than the gold and a sentence around it 0 in training", () => {
    const gold = reference("1111111");
    expect(trainingScore("The special magic number for red-fox is 1111111.", gold)).toBe(1);
    expect(trainingScore(`1111111${" 2222222".repeat(40)}`, gold)).toBe(0);
    expect(stringMatchAll(`1111111${" 2222222".repeat(40)}`, gold)).toBe(1);
  });
});
