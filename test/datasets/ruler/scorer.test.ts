import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { officialScore, trainingScore } from "../../../datasets/ruler/scorer.ts";
import type { Reference } from "../../../src/types.ts";
import { scorerCases } from "./scorer-cases.ts";

const python = JSON.parse(readFileSync(new URL("python-scores.json", import.meta.url), "utf8")) as {
  seed: number;
  all: string;
  part: string;
};
const of = (answers: readonly string[], kind: string): Reference => ({
  taskId: "t",
  answers: [...answers],
  metadata: { kind },
});

describe("the scores of RULER", () => {
  it("are those of its own code, in hundredths as that rounds them", () => {
    const [all, part] = [python.all, python.part].map((values) => values.split(" ").map(Number));
    expect(all!.length).toBe(1500);
    for (const [index, { answer, gold }] of scorerCases(all!.length, python.seed).entries()) {
      const said = JSON.stringify({ answer, gold });
      expect(100 * officialScore(answer, of(gold, "words")), said).toBeCloseTo(all![index]!, 2);
      expect(100 * officialScore(answer, of(gold, "part")), said).toBeCloseTo(part![index]!, 2);
    }
  });

  it("leave no room for a list of guesses in training", () => {
    const names = Array.from({ length: 40 }, (_, i) => `NAME${i}`);
    const words = of(names.slice(0, 5), "words");
    expect(trainingScore(`The variables are: ${names.slice(0, 5).join(", ")}.`, words)).toBe(1);
    expect(
      trainingScore(
        names
          .slice(0, 5)
          .map((name, i) => `${i + 1}. ${name}`)
          .join("\n"),
        words,
      ),
    ).toBe(1);
    expect(officialScore(names.join(", "), words)).toBe(1);
    expect(trainingScore(names.join(", "), words)).toBe(0);
    const part = of(["in May 1066", "1066"], "part");
    expect(trainingScore("It was in 1066.", part)).toBe(1);
    expect(trainingScore(`${"perhaps ".repeat(20)}1066`, part)).toBe(0);
  });
});
