import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadRulerFiles } from "../../../datasets/ruler/load.ts";
import { pythonJson, rulerFileRows } from "../../../datasets/ruler/publish.ts";
import { readQaSet } from "../../../datasets/ruler/qa-files.ts";
import { ruler } from "../../../datasets/ruler/ruler.ts";
import { officialScore, trainingScore } from "../../../datasets/ruler/scorer.ts";
import { RULER_NAMES, type RulerName } from "../../../datasets/ruler/variants.ts";
import { problemAt, take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import type { JsonObject, Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { HOTPOT, SQUAD } from "./qa-files.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-ruler-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const questions = {
  qa_1: readQaSet("squad", file("squad.json", JSON.stringify(SQUAD))),
  qa_2: readQaSet("hotpotqa", file("hotpot.json", JSON.stringify(HOTPOT))),
};
const SCORERS = [officialScore, trainingScore];
const gold = ({ answers, metadata }: Reference) =>
  metadata.kind === "part" ? answers[0]! : answers.join(", ");

const made = (variant: RulerName, length: number) =>
  ruler({ variants: [variant], length, seed: 3, questions });
const contextAt = async (variant: RulerName, length: number, index: number) => {
  const { task, reference } = await problemAt(made(variant, length), index);
  return { text: task.context as string, question: task.question, answers: reference.answers };
};
function times(words: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

describe.each<[RulerName, number, number]>([
  ["vt", 1500, 0.95],
  ["cwe", 3000, 0.97],
  ["cwe", 9000, 0.99],
  ["fwe", 3000, 0.97],
  ["qa_1", 4000, 0.95],
  ["qa_2", 2500, 0.9],
  ["niah_multiquery", 2000, 0.95],
])("RULER's %s made here, at %i tokens", (variant, tokens, filled) => {
  datasetContract({ open: () => made(variant, tokens), scorers: SCORERS, gold, length: { tokens, filled } });
});

describe("RULER's tasks made here", () => {
  it("take turns, each of its own", async () => {
    const variants: RulerName[] = ["vt", "niah_single_1", "fwe"];
    const ids: unknown[] = [];
    for await (const { task } of take(ruler({ variants, length: 1000, seed: 0 }), 6))
      ids.push(task.metadata.variant);
    expect(ids).toEqual([...variants, ...variants]);
  });

  it("track one chain: the gold names are those that the value reaches, in the chain's order", async () => {
    for (const index of [0, 1, 2]) {
      const { text, question, answers } = await contextAt("vt", 1500, index);
      let source = /the value (\d+) in/.exec(question)![1]!;
      const reached: string[] = [];
      for (const [, name, from] of text.matchAll(/VAR (\w+) = (?:VAR )?(\w+)/g)) {
        expect(from).toBe(source);
        reached.push((source = name!));
      }
      expect(reached).toEqual(answers);
    }
  });

  it("ask for the words that are more common than all others", async () => {
    const listed = await contextAt("cwe", 5000, 0);
    const common = times(Array.from(listed.text.matchAll(/\d+\. (\S+)/g), ([, word]) => word!));
    expect(listed.answers.map((word) => common.get(word))).toEqual(Array.from({ length: 10 }, () => 30));
    expect([...common.values()].filter((count) => count === 30)).toHaveLength(10);
    expect(new Set(common.values())).toEqual(new Set([30, 3]));
    const coded = await contextAt("fwe", 2000, 0);
    const ranked = [...times(coded.text.split(" "))].toSorted(([, a], [, b]) => b - a);
    expect(ranked[0]![0]).toBe("...");
    expect(ranked.slice(1, 4).map(([word]) => word)).toEqual(coded.answers);
    expect(ranked[3]![1]).toBeGreaterThan(ranked[4]![1]);
  });

  it("hold the documents of the question, and each document once while there are enough", async () => {
    const { text, answers } = await contextAt("qa_2", 2500, 1);
    const documents = text.split(/\n*Document \d+:\n/).slice(1);
    expect(new Set(documents).size).toBe(documents.length);
    for (const own of questions.qa_2.asked[1]!.documents)
      expect(documents).toContain(questions.qa_2.documents[own]);
    expect(answers).toEqual(["wren 1"]);
  });

  it.each<[RulerName, number]>([
    ["vt", 150],
    ["cwe", 200],
    ["fwe", 150],
    ["qa_2", 60],
  ])("%s refuses a length of %i", async (variant, length) => {
    await expect(problemAt(made(variant, length), 0)).rejects.toThrow(UsageError);
  });
});

/** A file of RULER's in a folder of its name, perhaps with other fields. */
function written(variant: RulerName, change: (row: JsonObject, index: number) => JsonObject = (row) => row) {
  const asked = variant === "qa_1" || variant === "qa_2" ? { questions: questions[variant] } : {};
  const rows = [...rulerFileRows({ variant, length: 2000, rows: 3, ...asked })];
  mkdirSync(join(folder, variant), { recursive: true });
  return file(
    `${variant}/validation.jsonl`,
    rows.map((row, index) => `${pythonJson(change({ ...row }, index))}\n`).join(""),
  );
}

async function loaded(path: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadRulerFiles({ files: [path] })) problems.push(problem);
  return problems;
}

const OTHERS = ["vt", "cwe", "fwe", "qa_1", "qa_2"] as const;

describe.each([...OTHERS, "niah_multikey_3"] as const)("RULER's file of %s", (variant) => {
  datasetContract({ open: () => loadRulerFiles({ files: [written(variant)] }), scorers: SCORERS, gold });

  it("names its task, and is read the same with chat templates around it, and in one line", async () => {
    const [plain, ...others] = [
      await loaded(written(variant)),
      await loaded(written(variant, (row) => ({ ...row, input: `[INST] ${row.input as string} [/INST]` }))),
      await loaded(
        written(variant, (row) => ({
          ...row,
          input: (row.input as string)
            .replaceAll("\n", " ")
            .replaceAll("\t", " ")
            .trim()
            .split(/\s+/)
            .join(" "),
        })),
      ),
    ];
    for (const { task } of plain) expect(task.metadata.variant).toBe(variant);
    const essence = ({ task, reference }: Problem) => [
      task.question,
      (task.context as string).split(/\s+/).join(" ").trim(),
      reference,
    ];
    for (const other of others) expect(other.map(essence)).toEqual(plain.map(essence));
  });
});

it("there are thirteen tasks", () => expect(RULER_NAMES).toHaveLength(13));

describe("a bad file of RULER's", () => {
  it.each<[string, JsonObject, RegExp]>([
    ["no input", { input: null }, /vt.validation\.jsonl line 1: expected text in column "input", got null/],
    [
      "another input",
      { input: "Who?" },
      /line 1: expected the wording of one of RULER's tasks in column "input", got "Who\?"/,
    ],
    ["gold of another type", { outputs: "ABCDE" }, /line 1: expected a list of texts in column "outputs"/],
    ["no gold", { outputs: [] }, /line 1: expected a list of texts in column "outputs"/],
    [
      "gold of another text",
      { outputs: ["ZZZZZZ"] },
      /line 1: expected words of column "input" in column "outputs", which has "ZZZZZZ"/,
    ],
    ["no length", { length: "long" }, /line 1: expected a number in column "length", got "long"/],
  ])("with %s is refused by file, line and column", async (_, changed, message) => {
    await expect(loaded(written("vt", (row) => ({ ...row, ...changed })))).rejects.toThrow(message);
  });

  it("whose last row is cut is refused by its line", async () => {
    const path = written("fwe");
    const { length } = pythonJson({});
    const text = [...rulerFileRows({ variant: "fwe", length: 2000, rows: 2 })].map(pythonJson).join("\n");
    writeFileSync(path, text.slice(0, -40 - length));
    await expect(loaded(path)).rejects.toThrow(/fwe.validation\.jsonl line 2/);
  });
});
