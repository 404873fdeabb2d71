import { describe, expect, it } from "vitest";
import { exactAnswer, formedAnswer } from "../../../datasets/browsecomp/answer-form.ts";
import { exactMatch, lenientMatch, normalised, trainingMatch } from "../../../datasets/browsecomp/scorer.ts";

const gold = (...answers: string[]) => ({ taskId: "t", answers, metadata: {} });

describe("exactAnswer", () => {
  it.each([
    ["Explanation: it is so\nExact Answer: the Isar\nConfidence: 90%", "the Isar"],
    ["**Exact Answer:** Isar\n", "Isar"],
    ["- exact answer : Isar", "Isar"],
    ["Exact Answer: Main\nNo:\nExact Answer: Isar", "Isar"],
    [" Isar ", "Isar"],
    ["Exact Answer:\nConfidence: 0%", ""],
    ["", ""],
  ])("reads %j as %j", (answer, exact) => expect(exactAnswer(answer)).toBe(exact));
});

describe("normalised", () => {
  it.each([
    ["The Isar.", "isar"],
    ["1,234,567", "1234567"],
    ["12,34", "12 34"],
    ["3.50", "3.5"],
    ["7.0", "7"],
    ["007", "7"],
    ["0", "0"],
    ["100", "100"],
    ["Seven", "7"],
    ["O'Neil’s", "oneils"],
    ["ＡＢＣ ﬁ", "abc fi"],
    ["naïve café — 東京 🚀", "naïve café 東京"],
    ["The", "the"],
    ["???", "???"],
  ])("reads %j as %j", (text, plain) => expect(normalised(text)).toBe(plain));
});

describe("exactMatch", () => {
  it("accepts any gold in another writing, and nothing else", () => {
    expect(exactMatch("Exact Answer: the  isar!", gold("Main", "Isar"))).toBe(1);
    expect(exactMatch("Exact Answer: 1,200 metres", gold("1200 Metres"))).toBe(1);
    expect(exactMatch("Exact Answer: Isar or Main", gold("Main", "Isar"))).toBe(0);
    expect(exactMatch("", gold("Isar"))).toBe(0);
    expect(exactMatch("", gold(""))).toBe(0);
  });
});

describe("lenientMatch", () => {
  it("accepts the gold among other words and most of its words, but no other words", () => {
    expect(lenientMatch(formedAnswer("the river Isar in Munich"), gold("Isar"))).toBe(1);
    expect(lenientMatch(formedAnswer("Ada Barlow"), gold("Ada M. Barlow"))).toBe(0);
    expect(lenientMatch(formedAnswer("Margaret Barlow"), gold("Ada Margaret Barlow"))).toBe(1);
    expect(lenientMatch(formedAnswer("Ada"), gold("Ada Margaret Barlow"))).toBe(0);
    expect(lenientMatch(formedAnswer("Isarco"), gold("Isar"))).toBe(0);
  });
});

describe("trainingMatch", () => {
  it("scores a long answer 0", () => {
    expect(trainingMatch(formedAnswer("Isar"), gold("Isar"))).toBe(1);
    expect(trainingMatch(`${"x".repeat(2100)}\n${formedAnswer("Isar")}`, gold("Isar"))).toBe(0);
    expect(exactMatch(`${"x".repeat(2100)}\n${formedAnswer("Isar")}`, gold("Isar"))).toBe(1);
  });
});
