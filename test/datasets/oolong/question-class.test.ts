import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { questionClass } from "../../../datasets/oolong/question-class.ts";
import { sharedFile } from "../shared-data.ts";

const LABELS: Readonly<Record<string, string>> = {
  ABBR: "abbreviation",
  DESC: "description and abstract concept",
  ENTY: "entity",
  HUM: "human being",
  LOC: "location",
  NUM: "numeric value",
};

function shareRight(questions: readonly { readonly text: string; readonly label: string }[]): number {
  return questions.filter(({ text, label }) => questionClass(text) === label).length / questions.length;
}

describe("questionClass", () => {
  it.each([
    ["Who wrote Moby-Dick ?", "human being"],
    ["Where is the Acropolis?", "location"],
    ["How many people live in Chile?", "numeric value"],
    ["What year did the Titanic sink ?", "numeric value"],
    ["Why is the sky blue?", "description and abstract concept"],
    ["What does NASA stand for?", "abbreviation"],
    ["What currency is used in Kenya?", "entity"],
  ])("tells the class of %s", (question, label) => {
    expect(questionClass(question)).toBe(label);
  });

  it("gives no class for a text that is not a question", () => {
    expect(questionClass("Ok lar... Joking wif u oni...")).toBeNull();
  });

  it("classifies most of the built-in questions correctly, but not all: it is a reader, not the gold", () => {
    const share = shareRight(builtInQuestions().examples);
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1);
  });

  const trec = sharedFile("trec/TREC_10.label");
  it.skipIf(trec === null)(
    "tells most of TREC's test questions rightly (skipped without the shared file)",
    () => {
      const lines = readFileSync(trec!, "latin1").trim().split("\n");
      const questions = lines.map((line) => {
        const [, label = "", text = ""] = /^(\w+):\w+ (.*)$/.exec(line) ?? [];
        return { text, label: LABELS[label]! };
      });
      expect(shareRight(questions)).toBeGreaterThan(0.8);
    },
  );
});
