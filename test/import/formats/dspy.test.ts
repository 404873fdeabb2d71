/** Histories of dspy.RLM. `fixtures/dspy.jsonl` was written by dspy 3.4.1 itself: `fixtures/dspy_history.py`. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles } from "../../../src/import/read-files.ts";
import { dspyHistories } from "../../../src/import/formats/dspy.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { importedRows, readRows } from "../read.ts";

const fixture = join(import.meta.dirname, "..", "fixtures", "dspy.jsonl");
const turn = (parts: object = {}) => ({ reasoning: "r", code: "print(1)", output: "1\n", ...parts });

describe("the importer of dspy.RLM's histories", () => {
  it("reads what dspy wrote: thoughts, code, output, answers, and iterations that ran out", async () => {
    const read: Trajectory[] = [];
    for await (const { trajectory, format } of importFiles([fixture])) {
      expect(format).toBe("dspy");
      read.push(trajectory);
    }
    expect(
      read.map(({ rolloutId, answer, stopReason, reward }) => [rolloutId, answer?.text, stopReason, reward]),
    ).toEqual([
      ["dspy.jsonl", "3", "answered", null],
      ["dspy.jsonl/2", "2", "max_turns", null],
    ]);
    const [first] = read;
    expect(first!.turns.map(({ completion }) => completion.reasoning?.text)).toEqual([
      "I count the words.",
      "Oops ☃",
      "I know.",
    ]);
    expect(first!.turns.map(({ results: [block] }) => [block!.code, block!.stdout, block!.outcome])).toEqual([
      ["n = len(context.split())\nprint(n)", "3\n", "ok"],
      ["1/0", "[Error] ZeroDivisionError: division by zero", "exception"],
      ["SUBMIT(answer=str(n))", "FINAL: {'answer': '3'}", "ok"],
    ]);
    expect(first!.task.metadata.imported).toMatchObject({
      format: "dspy",
      unknown: expect.arrayContaining(["question", "context", "model", "reward"]) as string[],
    });
  });

  it("takes the inputs that stand beside the outputs, and other outputs than an answer", async () => {
    const [read] = await readRows(dspyHistories, [
      { question: "Q?", context: "a b", trajectory: [turn()], final_reasoning: "r", answer: 3 },
    ]);
    expect(read!.record).toMatchObject({ question: "Q?", context: "a b", answer: "3" });
    const answers = await importedRows(dspyHistories, [
      { trajectory: [turn()], final_reasoning: "r", total: ["x"] },
      { trajectory: [turn()], final_reasoning: "r", a: 1, b: "two" },
      { trajectory: [], final_reasoning: null },
    ]);
    expect(answers.map(({ answer }) => answer?.text)).toEqual(['["x"]', '{"a":1,"b":"two"}', undefined]);
  });

  it("names line and field of a turn that is none", async () => {
    const rows = [{ trajectory: [turn({ code: 7 })], final_reasoning: "r" }];
    await expect(importedRows(dspyHistories, rows)).rejects.toThrow("log.jsonl:1: trajectory.0.code: ");
  });
});
