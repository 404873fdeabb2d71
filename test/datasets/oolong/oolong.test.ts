import { describe, expect, it } from "vitest";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { parseDate } from "../../../datasets/oolong/calendar.ts";
import { oolong } from "../../../datasets/oolong/oolong.ts";
import type { TaskGroup } from "../../../datasets/oolong/question.ts";
import { goldAnswer, officialScore, trainingScore } from "../../../datasets/oolong/scorer.ts";
import { drawWindow, type LabelledSource } from "../../../datasets/oolong/window.ts";
import { take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";
import type { Problem } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { textOf } from "../text-of.ts";

const source = builtInQuestions();
const labelOf = new Map(source.examples.map(({ text, label }) => [text, label]));

describe("OOLONG", () => {
  datasetContract({
    open: () => oolong({ source, length: 8000, seed: 4 }),
    scorers: [officialScore, trainingScore],
    gold: goldAnswer,
    count: 60,
    length: { tokens: 8000, filled: 0.75 },
  });

  it("shares one window among 25 questions of all groups and kinds of answers", async () => {
    const problems = await read(25);
    const of = (key: string) => new Set(problems.map(({ task }) => task.metadata[key]));
    expect(of("context_window_id").size).toBe(1);
    expect(of("task_group")).toEqual(new Set(["counting", "user", "timeline"]));
    expect(of("answer_type").size).toBeGreaterThanOrEqual(5);
  });

  it("asks only questions of the groups it is told to", async () => {
    const groups: TaskGroup[] = ["counting"];
    for await (const { task } of take(oolong({ source, length: 3000, seed: 1, groups }), 10))
      expect(task.metadata.task_group).toBe("counting");
  });

  it("computes golds that a plain reading of the context confirms", async () => {
    const checked = new Set<string>();
    for (const { task, reference } of await read(100)) {
      const lines = linesOf(textOf(task));
      for (const [kind, pattern, expected] of CHECKS) {
        const match = pattern.exec(task.question);
        if (!match) continue;
        checked.add(kind);
        expect(reference.answers, task.question).toContain(expected(lines, match));
      }
    }
    expect([...checked].toSorted()).toEqual(CHECKS.map(([kind]) => kind).toSorted());
  });

  it("fills a published window with the published number of lines", () => {
    const trec: LabelledSource = { ...source, name: "trec_coarse" };
    expect(drawWindow(trec, 131_072, new Random(1)).lines).toHaveLength(3182);
  });

  it("repeats texts only if a label has too few", () => {
    const { lines } = drawWindow(source, 8000, new Random(1));
    expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
    const small: LabelledSource = {
      name: "small",
      description: "messages",
      examples: [
        { text: "hello\nthere", label: "ham" },
        { text: "win money", label: "spam" },
      ],
    };
    const window = drawWindow(small, 4000, new Random(1));
    expect(window.lines.length).toBeGreaterThan(50);
    expect(window.context).toContain("|| Instance: hello there\n");
  });

  it("keeps the users and dates of a source that has them", () => {
    const dated = {
      name: "own",
      description: "messages",
      examples: [{ text: "a", label: "x", user: "7", date: "2020-02-29" }],
    };
    expect(drawWindow(dated, 2000, new Random(1)).context).toContain(
      "Date: Feb 29, 2020 || User: 7 || Instance: a\n",
    );
  });

  it("refuses a length without room for a line, and an empty source", () => {
    expect(() => drawWindow(source, 100, new Random(1))).toThrow(UsageError);
    expect(() => drawWindow({ ...source, examples: [] }, 4000, new Random(1))).toThrow(UsageError);
  });
});

describe("the built-in questions", () => {
  it("are thousands of distinct lines in six classes", () => {
    expect(labelOf.size).toBe(source.examples.length);
    expect(labelOf.size).toBeGreaterThan(4000);
    expect(new Set(labelOf.values()).size).toBe(6);
    for (const text of labelOf.keys()) expect(text).not.toMatch(/[{}\n]|\|\|/);
  });
});

interface ReadLine {
  user: string;
  date: string;
  label: string;
}

function linesOf(context: string): ReadLine[] {
  return Array.from(
    context.matchAll(/^Date: (.+?) \|\| User: (\d+) \|\| Instance: (.+)$/gm),
    ([, date, user, text]) => ({
      user: user as string,
      date: parseDate(date as string) as string,
      label: labelOf.get(text as string) as string,
    }),
  );
}

type Check = [string, RegExp, (lines: ReadLine[], match: RegExpExecArray) => string];

const CHECKS: Check[] = [
  [
    "number of a label",
    /^In the above data, how many data points should be classified as label '(.+)'\?/,
    (lines, [, label]) => String(lines.filter((line) => line.label === label).length),
  ],
  [
    "number of a label in a month",
    /Among instances occurring in (\w+), how many data points should be classified as label '(.+)'\?/,
    (lines, [, month, label]) =>
      String(lines.filter((line) => line.label === label && monthOf(line.date) === month).length),
  ],
  [
    "number of a label of some users",
    /user IDs ([\d, ]+)\. Among .* how many data points should be classified as label '(.+)'\?/,
    (lines, [, users, label]) =>
      String(lines.filter((line) => line.label === label && users?.split(", ").includes(line.user)).length),
  ],
  [
    "most common label",
    /^In the above data, which of the labels is the most common/,
    (lines) => most(lines, "label"),
  ],
  ["most represented user", /which user is represented most often/, (lines) => most(lines, "user")],
  [
    "dates represented so often",
    /how many dates are represented exactly (\d+) times/,
    (lines, [, times]) => {
      const dates = lines.map(({ date }) => date);
      const distinct = [...new Set(dates)];
      return String(
        distinct.filter((date) => dates.filter((other) => other === date).length === Number(times)).length,
      );
    },
  ],
];

function monthOf(date: string): string {
  return new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }).format(new Date(date));
}

function most(lines: ReadLine[], key: "label" | "user"): string {
  const values = lines.map((line) => line[key]);
  const number = (value: string) => values.filter((other) => other === value).length;
  return values.reduce((best, value) => (number(value) > number(best) ? value : best));
}

async function read(count: number): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of take(oolong({ source, length: 12_000, seed: 4 }), count))
    problems.push(problem);
  return problems;
}
