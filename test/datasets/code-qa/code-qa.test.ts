import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  goldAnswer,
  lenientScore,
  loadCodeQa,
  officialScore,
  trainingScore,
} from "../../../datasets/code-qa/code-qa.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import type { Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-code-qa-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ROW = {
  _id: "q1",
  domain: "Code Repository Understanding",
  sub_domain: "Code repo QA",
  difficulty: "easy",
  length: "short",
  question: "What does main do?",
  choice_A: "prints",
  choice_B: "sorts",
  choice_C: "waits",
  choice_D: "ends",
  answer: "B",
  context: "def main():\n    items.sort()\n".repeat(40),
};
const file = join(folder, "data.json");
writeFileSync(
  file,
  JSON.stringify([{ ...ROW, _id: "q0", domain: "Long-dialogue History Understanding" }, ROW]),
);

const gold: Reference = { taskId: "q1", answers: ["B"], metadata: {} };

describe("CodeQA", () => {
  datasetContract({
    open: () => loadCodeQa({ files: [file] }),
    scorers: [officialScore, lenientScore, trainingScore],
    gold: goldAnswer,
  });

  it("takes the questions about code, with their choices", async () => {
    const { task } = await problemAt(loadCodeQa({ files: [file] }), 0);
    expect(task.id).toBe("q1");
    expect(task.question).toContain("(A) prints\n(B) sorts\n(C) waits\n(D) ends");
  });

  it.each<[string, number, number]>([
    ["The correct answer is (B).", 1, 1],
    ["**The correct answer is B**", 1, 1],
    ["The correct answer is (A)", 0, 0],
    ["B", 0, 1],
    ["(B).", 0, 1],
    ["1", 0, 1],
    ["0", 0, 0],
    ["Between B and C", 0, 0],
    ["", 0, 0],
  ])("scores %j", (answer, official, lenient) => {
    expect(officialScore(answer, gold)).toBe(official);
    expect(lenientScore(answer, gold)).toBe(lenient);
  });

  it("refuses a gold that is not a letter, and names the row", async () => {
    const bad = join(folder, "bad.json");
    writeFileSync(bad, JSON.stringify([{ ...ROW, answer: "E" }]));
    await expect(problemAt(loadCodeQa({ files: [bad] }), 0)).rejects.toThrow(/bad\.json row 1: .*"E"/);
  });
});
