import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadLongBenchPro, type Wanted } from "../../../datasets/longbench-pro/load.ts";
import { goldAnswer, longBenchProScorers } from "../../../datasets/longbench-pro/scorer.ts";
import { longBenchProReader } from "../../../datasets/longbench-pro/simulated-reader.ts";
import { withQuestion } from "../../../datasets/longbench-pro/wording.ts";
import { environmentNamed } from "../../../envs/make.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import { textOf } from "../text-of.ts";
import { datasetContract } from "../dataset-contract.ts";
import { PRO_ROWS, proRow, SUMMARY_ROW } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-longbench-pro-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, rows: readonly unknown[]) => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(rows));
  return file;
};
const file = write("longbench_pro.json", [...PRO_ROWS, SUMMARY_ROW]);
const scorers = longBenchProScorers();

async function ids(wanted: Wanted): Promise<string[]> {
  const found: string[] = [];
  for await (const { task } of loadLongBenchPro({ files: [file], wanted })) found.push(task.id);
  return found;
}

describe("LongBench-Pro", () => {
  datasetContract({
    open: () => loadLongBenchPro({ files: [file] }),
    scorers: [scorers.official, scorers.lenient, scorers.training],
    gold: goldAnswer,
    count: PRO_ROWS.length,
  });

  it.each<[Wanted, string[]]>([
    [{}, ["p1", "p2", "p3", "p4", "p5", "p6"]],
    [{ task: "T1" }, ["p2"]],
    [{ task: "T10" }, ["p5"]],
    [{ task: "T5.2" }, ["p4"]],
    [{ task: "T5.1" }, []],
    [{ language: "Chinese" }, ["p5"]],
    [{ token_length: "16k" }, ["p2"]],
    [{ difficulty: "Hard" }, ["p3"]],
    [{ contextual_requirement: "Partial", language: "English" }, ["p4"]],
  ])("takes the questions that have %j", async (wanted, expected) => {
    expect(await ids(wanted)).toEqual(expected);
  });

  it("asks the question that tells the model to think if wanted", async () => {
    const { task } = await problemAt(loadLongBenchPro({ files: [file], thinking: true }), 0);
    expect(task.question).toMatch(/^Think first/);
  });

  it("gives a summary's whole context nothing in training, and its gold all but a rounding", async () => {
    const { task, reference } = await problemAt(loadLongBenchPro({ files: [file] }), 5);
    expect(scorers.training(textOf(task), reference)).toBe(0);
    expect(scorers.training(goldAnswer(reference), reference)).toBeCloseTo(1, 7);
  });

  it.each([
    [{ answer: "7" }, /row 1: expected a list of texts in column "answer".*got "7"/],
    [{ answer: [] }, /row 1: expected a list of texts in column "answer"/],
    [{ answer: ["a", 7] }, /row 1: .*"answer".*got \["a",7\]/],
    [{ answer: [" "] }, /row 1: .*none of them empty/],
    [{ language: "French" }, /row 1: expected one of English, Chinese in column "language", got "French"/],
    [{ token_length: 8000 }, /row 1: expected text in column "token_length", got number/],
    [
      { secondary_task: "T12.1 New" },
      /row 1: expected one of the 25 tasks.*"secondary_task".*got "T12\.1 New"/,
    ],
    [{ question_nonthinking: null }, /row 1: expected text in column "question_nonthinking", got null/],
  ])("refuses a row with %j, and names file, row and column", async (wrong, message) => {
    const bad = write("bad.json", [proRow("b", "T3.2 Single-Hop Fact QA", ["a"], wrong)]);
    await expect(problemAt(loadLongBenchPro({ files: [bad] }), 0)).rejects.toThrow(message);
  });

  it("refuses a task without a number, and a folder without jieba's dictionary", async () => {
    const open = (options: object) => environmentNamed("longbench-pro").open({ file, ...options }, 0);
    await expect(open({ task: "summary" })).rejects.toThrow(/option task: expected the number of a task/);
    await expect(async () => open({ jieba: folder })).rejects.toThrow(/expected the folder.*jieba/);
  });
});

describe("the simulated reader of LongBench-Pro", () => {
  const read = (instruction: string, question: string, text: string) => {
    const reading = longBenchProReader.read(`${withQuestion(instruction, question)}\n\n${text}`);
    return reading?.answer(reading.findings.map(({ value }) => value as never)) ?? null;
  };

  it("answers with the line that shares most with the question, in either language", () => {
    expect(read("Answer.", "Where is the harbour master?", "A ship.\nThe harbour master is ill.")).toBe(
      "[Answer]\nThe harbour master is ill.",
    );
    expect(read("Answer.", "守塔人写了什么？", "海上有船。\n守塔人写信。")).toBe("[Answer]\n守塔人写信。");
    expect(read("Answer.", "Where is the harbour master?", "Nothing.")).toBe("The text does not tell.");
  });

  it("notes lines in the text's order if told not to answer, and ignores other prompts", () => {
    const notes = read(
      "Do not answer it.",
      "Where is the harbour master?",
      "The harbour.\nx\nharbour master",
    );
    expect(notes).toBe("The harbour.\nharbour master");
    expect(longBenchProReader.read("Where is the harbour master?")).toBeNull();
  });
});
