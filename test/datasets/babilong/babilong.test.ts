import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { answerFrom } from "../../../datasets/babilong/answer.ts";
import { babilong, drawnAt } from "../../../datasets/babilong/babilong.ts";
import { factsIn } from "../../../datasets/babilong/facts.ts";
import {
  MADE_LABELS,
  MADE_TASKS,
  type MadeTask,
  NUMBERS,
  PEOPLE,
  PLACES,
  THINGS,
} from "../../../datasets/babilong/labels.ts";
import { loadBabilong } from "../../../datasets/babilong/load.ts";
import { babilongRows } from "../../../datasets/babilong/publish.ts";
import { lenientScore, officialScore, trainingScore } from "../../../datasets/babilong/scorer.ts";
import { drawStory } from "../../../datasets/babilong/story.ts";
import { defaultEssay } from "../../../datasets/s-niah/essay.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";
import type { JsonObject, Problem } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-babilong-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SCORERS = [officialScore, lenientScore, trainingScore];
const made = (tasks: readonly MadeTask[], length: number) => babilong({ tasks, length, seed: 5 });

describe("BABILong made here", () => {
  datasetContract({
    open: () => made(MADE_TASKS, 3000),
    scorers: SCORERS,
    count: 20,
    length: { tokens: 3000, filled: 0.9 },
  });

  it.each(MADE_TASKS)("%s has the answer that its facts give, by rules of their own", (task) => {
    const targets = new Set<string>();
    for (let index = 0; index < 300; index += 1) {
      const { facts, question, target } = drawStory(task, new Random(index));
      const read = [...factsIn(facts.join(" "))];
      expect(read.map(({ sentence }) => sentence)).toEqual(facts);
      const said = JSON.stringify({ facts, question });
      expect(
        answerFrom(
          read.map(({ fact }) => fact),
          question,
          NUMBERS,
        )
          ?.split(",")
          .toSorted(),
        said,
      ).toEqual(target.split(",").toSorted());
      targets.add(target);
      const reference = {
        taskId: "t",
        answers: [target],
        metadata: { question, labels: [...MADE_LABELS[task]] },
      };
      for (const score of SCORERS) expect(score(target, reference), said).toBe(1);
    }
    // Every answer occurs, so that none is the safe guess.
    for (const label of MADE_LABELS[task]) expect([...targets].join(), task).toContain(label);
  });

  it("has words of which none contains another one, or an answer, and names that the book lacks", () => {
    const words = [...PEOPLE, ...PLACES, ...THINGS].map((word) => word.toLowerCase());
    const answers = ["yes", "no", "maybe", "nothing", ...NUMBERS];
    for (const word of words) {
      expect([...words, ...answers].filter((other) => other !== word && word.includes(other))).toEqual([]);
    }
    const essay = defaultEssay();
    for (const name of PEOPLE) expect(essay).not.toContain(name);
  });

  it("hides the facts in their order among sentences that state none about these people", () => {
    for (const task of MADE_TASKS) {
      const { context, facts } = drawnAt({ tasks: [task], length: 20_000, seed: 1 }, 3);
      const found = Array.from(factsIn(context), ({ sentence }) => sentence);
      expect(found.filter((sentence) => facts.includes(sentence))).toEqual(facts);
    }
  });

  it("is the facts alone at a length of 0, and gives nothing for them in training", () => {
    for (let index = 0; index < 60; index += 1) {
      const options = { tasks: MADE_TASKS, length: 0, seed: 2 };
      const { context, facts, target, question, task } = drawnAt(options, index);
      expect(context).toBe(facts.join(" "));
      const reference = {
        taskId: "t",
        answers: [target],
        metadata: { question, labels: [...MADE_LABELS[task]] },
      };
      expect(trainingScore(context, reference)).toBe(0);
    }
  });

  it("refuses a length that the facts do not fit", async () => {
    await expect(problemAt(made(["qa4"], 10), 0)).rejects.toThrow(UsageError);
  });
});

function fileOf(name: string, rows: Iterable<JsonObject>): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Array.from(rows, (row) => JSON.stringify(row)).join("\n"));
  return file;
}

async function loaded(file: string, task?: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadBabilong({ files: [file], ...(task !== undefined && { task }) }))
    problems.push(problem);
  return problems;
}

const ROW = {
  input: "Once upon a time. Mary went to the office.  It rained. Mary journeyed to the kitchen. The end.",
  question: "Where is Mary? ",
  target: "kitchen",
};

describe("BABILong's files", () => {
  datasetContract({
    open: () =>
      loadBabilong({
        files: [fileOf("made/0k.jsonl", babilongRows({ tasks: MADE_TASKS, length: 1000, seed: 1 }, 10))],
      }),
    scorers: SCORERS,
    count: 10,
  });

  it("hold the tasks that were written", async () => {
    const options = { tasks: MADE_TASKS, length: 800, seed: 4 };
    const problems = await loaded(fileOf("made/1k.jsonl", babilongRows(options, 10)));
    for (const [index, { task, reference }] of problems.entries()) {
      const own = await problemAt(babilong(options), index);
      expect([task.question, task.context, reference.answers, reference.metadata]).toEqual([
        own.task.question,
        own.task.context,
        own.reference.answers,
        own.reference.metadata,
      ]);
    }
  });

  it.each(["4k/qa1-00000-of-00001.jsonl", "qa1/4k.jsonl", "data/qa1/0k.jsonl"])(
    "name their task: %s",
    async (name) => {
      const [problem] = await loaded(fileOf(name, [ROW, ROW]));
      expect(problem?.task.metadata).toEqual({ task: "qa1" });
      expect(problem?.task.question).toMatch(
        /Answer with one word and nothing else\. Question: Where is Mary\?$/,
      );
    },
  );

  it("may have a name that tells no task, if the option does", async () => {
    const file = fileOf("rows.jsonl", [ROW]);
    expect((await loaded(file, "qa1"))[0]?.task.metadata).toEqual({ task: "qa1" });
    await expect(loaded(file)).rejects.toThrow(/rows\.jsonl line 1: expected the task in the file's name/);
  });

  it.each<[string, JsonObject, RegExp]>([
    ["no input", { input: null }, /line 1: expected text in column "input", got null/],
    ["no question", { question: 7 }, /line 1: expected text in column "question", got number/],
    ["a target of another type", { target: ["kitchen"] }, /line 1: expected text in column "target"/],
    [
      "a target of another task",
      { target: "yes" },
      /line 1: expected one of the labels of qa1 in column "target" \(bathroom, .*\), got "yes"/,
    ],
    [
      "an unknown task",
      { task: "qa21" },
      /line 1: expected a task from qa1 to qa20 in column "task", got "qa21"/,
    ],
    ["labels that are none", { labels: [1] }, /line 1: expected a list of texts in column "labels"/],
  ])("with %s are refused by file, line and column", async (_, changed, message) => {
    await expect(loaded(fileOf("bad/qa1.jsonl", [{ ...ROW, ...changed }]))).rejects.toThrow(message);
  });

  it("with a row that is cut are refused by its line", async () => {
    const file = join(folder, "bad/qa1.jsonl");
    writeFileSync(file, `${JSON.stringify(ROW)}\n${JSON.stringify(ROW).slice(0, 60)}`);
    await expect(loaded(file)).rejects.toThrow(/qa1\.jsonl line 2/);
  });
});
