import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CODE_DOMAIN, loadLongBenchV2, type Wanted } from "../../../datasets/longbench-v2/load.ts";
import {
  goldAnswer,
  lenientScore,
  officialScore,
  trainingScore,
} from "../../../datasets/longbench-v2/scorer.ts";
import { environmentNamed } from "../../../envs/make.ts";
import { type Dataset, problemAt } from "../../../src/data/dataset.ts";
import type { JsonObject, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { replies } from "./reply-cases.ts";

/** What the authors' code read in the replies; "-" for none. */
const python = JSON.parse(readFileSync(new URL("python-letters.json", import.meta.url), "utf8")) as {
  readonly seed: number;
  readonly letters: string;
};

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-longbench-v2-"));
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
  JSON.stringify([
    { ...ROW, _id: "q0", domain: "Long-dialogue History Understanding", sub_domain: "Dialogue history QA" },
    ROW,
    { ...ROW, _id: "q2", domain: "Single-Document QA", sub_domain: "Legal", difficulty: "hard" },
    { ...ROW, _id: "q3", domain: "Multi-Document QA", sub_domain: "Legal", length: "long" },
  ]),
);

const gold: Reference = { taskId: "q1", answers: ["B"], metadata: {} };

async function ids(dataset: Dataset): Promise<string[]> {
  const found: string[] = [];
  for await (const { task } of dataset) found.push(task.id);
  return found;
}

describe("LongBench-v2", () => {
  datasetContract({
    open: () => loadLongBenchV2({ files: [file] }),
    scorers: [officialScore, lenientScore, trainingScore],
    gold: goldAnswer,
  });

  it("gives a question with its choices", async () => {
    const { task } = await problemAt(loadLongBenchV2({ files: [file] }), 1);
    expect(task.id).toBe("q1");
    expect(task.question).toContain("(A) prints\n(B) sorts\n(C) waits\n(D) ends");
  });

  it.each<[Wanted, string[]]>([
    [{}, ["q0", "q1", "q2", "q3"]],
    [{ domain: CODE_DOMAIN }, ["q1"]],
    [{ sub_domain: "Legal" }, ["q2", "q3"]],
    [{ difficulty: "hard" }, ["q2"]],
    [{ length: "long" }, ["q3"]],
    [{ sub_domain: "Legal", length: "short" }, ["q2"]],
  ])("takes the questions that have %j", async (wanted, expected) => {
    expect(await ids(loadLongBenchV2({ files: [file], wanted }))).toEqual(expected);
  });

  it("is played whole or by any of its columns, and code-qa is its questions about code", async () => {
    const opened = async (name: string, options: JsonObject) =>
      ids((await environmentNamed(name).open({ file, ...options }, 0)).problems);
    expect(await opened("longbench-v2", {})).toEqual(["q0", "q1", "q2", "q3"]);
    expect(await opened("longbench-v2", { "sub-domain": "Legal", difficulty: "hard" })).toEqual(["q2"]);
    expect(await opened("longbench-v2", { domain: "Multi-Document QA" })).toEqual(["q3"]);
    expect(await opened("code-qa", {})).toEqual(["q1"]);
    expect(await opened("code-qa", { domain: "Single-Document QA" })).toEqual(["q2"]);
    const label = async (name: string, options: JsonObject) =>
      (await environmentNamed(name).open({ file, ...options }, 0)).label;
    expect(await label("longbench-v2", { domain: "Multi-Document QA", difficulty: "easy" })).toBe(
      "longbench-v2 Multi-Document QA easy",
    );
    expect(await label("code-qa", { length: "short" })).toBe("code-qa short");
    await expect(opened("longbench-v2", { domain: "Code" })).rejects.toThrow(
      /longbench-v2: option domain: .*"Code Repository Understanding"/,
    );
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

  it("reads 1,500 replies as the authors' code reads them", () => {
    const { seed, letters } = python;
    for (const [index, reply] of replies(letters.length, seed).entries())
      for (const letter of ["A", "B", "C", "D"])
        expect(officialScore(reply, { taskId: "q1", answers: [letter], metadata: {} }), reply).toBe(
          Number(letters[index] === letter),
        );
    expect(letters).toHaveLength(1500);
  });

  it("refuses a gold that is not a letter, and names the row", async () => {
    const bad = join(folder, "bad.json");
    writeFileSync(bad, JSON.stringify([{ ...ROW, answer: "E" }]));
    await expect(problemAt(loadLongBenchV2({ files: [bad] }), 0)).rejects.toThrow(/bad\.json row 1: .*"E"/);
  });

  it("refuses the file of the first LongBench, and names the column that it lacks", async () => {
    const first = join(folder, "narrativeqa.jsonl");
    writeFileSync(first, JSON.stringify({ _id: "1", input: "Who?", context: "Ann.", answers: ["Ann"] }));
    await expect(problemAt(loadLongBenchV2({ files: [first] }), 0)).rejects.toThrow(
      /narrativeqa\.jsonl line 1: expected text in column "answer", got no such column/,
    );
  });
});
