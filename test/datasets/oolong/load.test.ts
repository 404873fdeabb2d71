import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readLabelled } from "../../../datasets/oolong/labelled-file.ts";
import { loadOolong, type LoadOolongOptions } from "../../../datasets/oolong/load.ts";
import { loadOolongReal, realScore, realTrainingScore } from "../../../datasets/oolong/real.ts";
import { goldAnswer, officialScore, trainingScore } from "../../../datasets/oolong/scorer.ts";
import { loadOolongPairs } from "../../../datasets/oolong-pairs/load.ts";
import { pairsF1, trainingScore as pairsTrainingScore } from "../../../datasets/oolong-pairs/scorer.ts";
import { goldPairs } from "../../../datasets/oolong-pairs/scorer.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import type { Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-oolong-"));
afterAll(() => rmSync(folder, { recursive: true }));
const table = (name: string) => fileURLToPath(new URL(`../../data/tables/${name}`, import.meta.url));
const jsonl = table("oolong.jsonl");

describe("loadOolong", () => {
  datasetContract({
    open: () => loadOolong({ files: [table("oolong-zstd.parquet")] }),
    scorers: [officialScore, trainingScore],
    gold: goldAnswer,
    count: 12,
  });

  it.each<[string, Omit<LoadOolongOptions, "files">, number]>([
    ["source", { sources: ["trec_coarse"] }, 8],
    ["length", { contextLengths: [2048] }, 0],
    ["group", { groups: ["counting"] }, 3],
    ["id", { ids: ["1000", "1011"] }, 2],
  ])("filters by %s, in parquet as in JSON Lines", async (_, filter, count) => {
    const rows = await read(loadOolong({ files: [jsonl], ...filter }));
    expect(rows).toHaveLength(count);
    expect(await read(loadOolong({ files: [table("oolong-brotli.parquet")], ...filter }))).toEqual(rows);
  });

  it("keeps labels and gold out of a task", async () => {
    for (const { task } of await read(loadOolong({ files: [jsonl] }))) {
      expect(JSON.stringify(task)).not.toContain("|| Label:");
      expect(task.metadata).not.toHaveProperty("answer");
    }
  });

  it("names file, row and column of a missing or repeated value, and skips the row if told to", async () => {
    const lines = readFileSync(jsonl, "utf8").trim().split("\n");
    const broken = (lines[1] as string).replace('"question":', '"query":');
    const file = join(folder, "bad.jsonl");
    writeFileSync(file, [lines[0], broken, lines[2], lines[0]].join("\n"));
    await expect(read(loadOolong({ files: [file] }))).rejects.toThrow(/bad\.jsonl line 2: .*"question"/);
    const bad: string[] = [];
    const kept = await read(loadOolong({ files: [file], onBadRow: ({ message }) => bad.push(message) }));
    expect(kept.map(({ task }) => task.id)).toEqual(["1000", "1002"]);
    expect(bad).toHaveLength(2);
    expect(bad[1]).toMatch(/line 4: the id "1000" occurs twice/);
  });
});

describe("loadOolongPairs", () => {
  datasetContract({
    open: () => loadOolongPairs({ files: [table("oolong-snappy.parquet")] }),
    scorers: [pairsF1, pairsTrainingScore],
    gold: (reference) => Array.from(goldPairs(reference), ([low, high]) => `(${low}, ${high})`).join("\n"),
    count: 40,
  });

  it("asks twenty questions over each window of trec_coarse, in parquet as in JSON Lines", async () => {
    const problems = await read(loadOolongPairs({ files: [jsonl] }));
    expect(problems).toHaveLength(40);
    expect(await read(loadOolongPairs({ files: [table("oolong-zstd.parquet")] }))).toEqual(problems);
    for (const { task } of problems) expect(task.context).not.toContain("|| Label:");
  });
});

describe("OOLONG-real", () => {
  const file = join(folder, "dnd.jsonl");
  const row = {
    id: "a1",
    context_window_id: "w1",
    context_window_text: "The dice fell. ".repeat(60),
    question: "How many rolls were there?",
    answer: "7",
    question_type: "singledoc_rolls",
    episodes: [1],
    campaign: "campaign1",
  };
  writeFileSync(
    file,
    [
      row,
      { ...row, id: "a2", answer: "Fireball, Shield", question_type: "multidoc_spells" },
      { ...row, id: "a3", answer: "Shield, Fireball, Shield" },
    ]
      .map((r) => JSON.stringify(r))
      .join("\n"),
  );

  datasetContract({
    open: () => loadOolongReal({ files: [file] }),
    scorers: [realScore, realTrainingScore],
    gold: ({ answers }) => String.raw`\boxed{\text{${answers[0]}}}`,
    // The published formula divides the number found, each counted once, by all items, repeats included.
    exempt: ({ reference: { answers } }) => answers[0] === "Shield, Fireball, Shield",
  });

  it("loads the kinds of questions asked for", async () => {
    const problems = await read(loadOolongReal({ files: [file], questionTypes: ["multidoc_spells"] }));
    expect(problems.map(({ task }) => task.id)).toEqual(["a2"]);
  });

  it.each<[string, string, number]>([
    [String.raw`so \boxed{7}`, "7", 1],
    [String.raw`\boxed{\text{9}}`, "7", 0.5625],
    ["7", "7", 0],
    ["Fireball", "fireball", 1],
    [String.raw`\boxed{Shield, Fireball, Mage Hand}`, "Fireball, Shield", 1],
    [String.raw`\boxed{Fireball, }`, "Fireball, Shield", 0.5],
    [String.raw`\boxed{Fireball}`, "Fireball, Shield", 0],
    [String.raw`\boxed{A, B}`, "A, A, B", 2 / 3],
    ["", "7", 0],
  ])("scores %j against %j", (answer, gold, score) => {
    expect(realScore(answer, { taskId: "t", answers: [gold], metadata: {} })).toBeCloseTo(score, 12);
  });
});

describe("readLabelled", () => {
  it("reads text, label, user and date", async () => {
    const file = join(folder, "mails.csv");
    writeFileSync(
      file,
      '\ufefftext,label,user,date\n"Hello, ""you""\nthere",a || b,17,2023-01-06\nBye,ham,,\n',
    );
    const source = await readLabelled(file);
    expect(source.name).toBe("mails");
    expect(source.examples).toEqual([
      { text: 'Hello, "you"\nthere', label: "a || b", user: "17", date: "2023-01-06" },
      { text: "Bye", label: "ham" },
    ]);
  });

  it("takes column names in any case, and takes the one column besides the label for the text", async () => {
    const file = join(folder, "Collection");
    writeFileSync(file, 'Label\tSMS\nham\tOk "lar...\n');
    expect((await readLabelled(file)).examples).toEqual([{ text: 'Ok "lar...', label: "ham" }]);
  });

  it.each<[string, string, RegExp]>([
    ["a.csv", "text,kind\nx,y\n", /a\.csv line 2: .*"label"/],
    ["b.csv", "text,label\n ,y\n", /b\.csv line 2: column "text" is empty/],
    ["c.csv", "text,label,date\nx,y,yesterday\n", /c\.csv line 2: expected a date/],
    ["d.csv", "text,label,user\nx,y,ann\n", /d\.csv line 2: expected a whole number in column "user"/],
    ["f.csv", "text,label\nx,HUM:ind\n", /f\.csv line 2: column "label": .*colon.*"HUM:ind"/],
    ["e.csv", "text,label\n", /e\.csv: expected at least one row/],
  ])("refuses %s", async (name, content, message) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    await expect(readLabelled(file)).rejects.toThrow(message);
  });
});

async function read(dataset: Dataset): Promise<Problem[]> {
  const problems: { task: Problem["task"]; reference: Reference }[] = [];
  for await (const problem of dataset) problems.push(problem);
  return problems;
}
