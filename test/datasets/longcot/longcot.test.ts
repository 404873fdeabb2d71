import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadLongCot } from "../../../datasets/longcot/load.ts";
import { longCot, type LongCotOptions, MADE_TEMPLATES } from "../../../datasets/longcot/longcot.ts";
import { longCotRows } from "../../../datasets/longcot/publish.ts";
import { KINDS } from "../../../datasets/longcot/puzzles/kinds.ts";
import { lenient, official, training } from "../../../datasets/longcot/scorer.ts";
import { longCotReader } from "../../../datasets/longcot/simulated-reader.ts";
import { solves } from "../../../datasets/longcot/verify.ts";
import { solutionLine } from "../../../datasets/longcot/wording.ts";
import { take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";
import type { JsonObject, Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { verifierCases } from "./cases.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-longcot-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS: LongCotOptions = { templates: [], size: 2, seed: 7 };
const COUNT = KINDS.length;
const gold = ({ answers: [solution] }: Reference) => solutionLine(solution!);

function fileOf(name: string, rows: Iterable<JsonObject>): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ questions: [...rows] }));
  return file;
}

async function problemsOf(dataset: AsyncIterable<Problem>): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of dataset) problems.push(problem);
  return problems;
}
const loaded = (file: string) => problemsOf(loadLongCot({ files: [file] }));

describe("puzzles of LongCoT made here", () => {
  datasetContract({ open: () => longCot(OPTIONS), scorers: [official, training], gold, count: 2 * COUNT });

  it("come from all kinds in turn, or from those asked for", async () => {
    const templates = async (options: LongCotOptions) =>
      (await problemsOf(take(longCot(options), COUNT))).map(({ task }) => task.metadata.template);
    expect(await templates(OPTIONS)).toEqual(MADE_TEMPLATES);
    expect(new Set(await templates({ ...OPTIONS, templates: ["Sokoban", "TM"] }))).toEqual(
      new Set(["Sokoban", "TM"]),
    );
  });

  it.each(KINDS.map((kind) => [kind.template, kind] as const))(
    "of %s are solved, and grow with their size",
    async (template, kind) => {
      const lengths: number[] = [];
      for (const size of [1, 4, 9])
        for (let seed = 0; seed < 4; seed += 1) {
          const drawn = kind.draw(size, Random.of(seed, "growth"));
          const solution = kind.solve(drawn)!;
          expect(solves(solutionLine(solution), { template, ...drawn })).toBe(true);
          if (seed === 0) lengths.push(kind.write(drawn).length);
        }
      expect(lengths[0]).toBeLessThan(lengths[2]!);
      const many = take(longCot({ templates: [template], size: 2, seed: 1 }), 4);
      const contexts = (await problemsOf(many)).map(({ task }) => task.context);
      expect(new Set(contexts).size).toBe(4);
    },
  );

  it("are refused where no such puzzle is made, with what is", () => {
    expect(() => longCot({ ...OPTIONS, templates: ["HM"] })).toThrow(
      /"HM" is not made here; expected BlocksW/,
    );
    expect(() => longCot({ ...OPTIONS, templates: ["RandomHanoi"], size: 99 })).toThrow(
      /up to size 12, not 99/,
    );
    expect(() => longCot({ ...OPTIONS, size: 1e6 })).toThrow(UsageError);
  });
});

describe("LongCoT's files", () => {
  datasetContract({
    open: () => loadLongCot({ files: [fileOf("made.json", longCotRows(OPTIONS, COUNT))] }),
    scorers: [official, training],
    gold,
    count: COUNT,
  });

  it("hold the puzzles that were written", async () => {
    const essence = ({ task, reference }: Problem) => [task.question, task.context, reference.answers];
    expect((await loaded(fileOf("same.json", longCotRows(OPTIONS, COUNT)))).map(essence)).toEqual(
      (await problemsOf(take(longCot(OPTIONS), COUNT))).map(essence),
    );
  });

  it("lose the heading that forbids tools, and say domain, template and difficulty", async () => {
    const [row] = longCotRows({ ...OPTIONS, templates: ["Dungeon"] }, 1);
    const prompt = `Do not use tools or write code.\n\nPuzzle description:\n\n${row!.prompt as string}\n`;
    const file = fileOf("heading.json", [{ ...row!, prompt, question_id: "Dungeon_hard_3" }]);
    const [{ task }] = (await loaded(file)) as [Problem];
    expect(task.context).toBe(row!.prompt);
    expect(task.metadata).toMatchObject({ domain: "logic", template: "Dungeon", difficulty: "hard" });
  });

  it("have no gold for a published level of Sokoban, which still can be solved", async () => {
    const [row] = longCotRows({ ...OPTIONS, templates: ["Sokoban"] }, 1);
    const problem = row!.problem as JsonObject;
    const steps = (problem.config as JsonObject).made as string;
    const [{ reference }] = (await loaded(
      fileOf("level.json", [{ ...row!, problem: { ...problem, config: {} } }]),
    )) as [Problem];
    expect(reference.answers).toEqual([]);
    expect(training(solutionLine(steps), reference)).toBe(1);
  });

  const rowOf = (template: string) => [...longCotRows({ ...OPTIONS, templates: [template] }, 1)][0]!;
  const dungeon = rowOf("Dungeon");
  const machine = rowOf("TM");
  const discs = rowOf("RandomHanoi");
  it.each<[string, JsonObject, RegExp]>([
    ["no prompt", { ...dungeon, prompt: null }, /row 1: expected text in column "prompt"/],
    ["an empty prompt", { ...dungeon, prompt: " " }, /expected a puzzle in column "prompt"/],
    [
      "a template of chess",
      { ...dungeon, problem: { template: "best_move" } },
      /logic or cs in column "problem", got "best_move"/,
    ],
    ["no template", { ...dungeon, problem: null }, /logic or cs in column "problem", got null/],
    [
      "a solution of another type",
      { ...dungeon, problem: { ...(dungeon.problem as JsonObject), solution: "7" } },
      /"problem" of Dungeon: solution: /,
    ],
    [
      "a solution that is wrong",
      {
        ...discs,
        problem: { ...(discs.problem as JsonObject), instance: { initial_state: [[1]], goal_state: 7 } },
      },
      /"problem" of RandomHanoi: instance\.goal_state: /,
    ],
    ["an answer of another type", { ...machine, answer: 7 }, /"answer" of TM: /],
    [
      "a number that JSON rounds",
      { ...dungeon, problem: { ...(dungeon.problem as JsonObject), solution: 2 ** 60 } },
      /"problem" of Dungeon: solution: /,
    ],
  ])("with %s are refused by file, row and column", async (_, row, message) => {
    const error = await loaded(fileOf("bad.json", [row])).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
    expect((error as Error).message).toContain("bad.json");
  });

  it("that are cut off, or have an id twice, are refused", async () => {
    const file = fileOf("cut.json", [dungeon, machine]);
    for (const end of [-20, -2]) {
      writeFileSync(join(folder, "short.json"), readFileSync(file, "utf8").slice(0, end));
      await expect(loaded(join(folder, "short.json"))).rejects.toThrow(/cut off/);
    }
    await expect(loaded(fileOf("twice.json", [dungeon, dungeon]))).rejects.toThrow(/occurs twice/);
  });
});

describe("the verdict of LongCoT", () => {
  it("is that of its own code for replies in every form", () => {
    const vectors = JSON.parse(readFileSync(new URL("official-verdicts.json", import.meta.url), "utf8")) as {
      seed: number;
      sha256: string;
      verdicts: string[];
    };
    const verdicts = vectors.verdicts.join("");
    const cases = verifierCases(verdicts.length, vectors.seed);
    // Other cases than those that the official code saw would prove nothing.
    expect(createHash("sha256").update(JSON.stringify(cases)).digest("hex")).toBe(vectors.sha256);
    for (const [index, { puzzle, reply }] of cases.entries())
      expect(solves(reply, puzzle), JSON.stringify({ puzzle, reply })).toBe(verdicts[index] === "1");
  });

  it("for training is 0 for what is much longer than the solution, and lenient about the label", async () => {
    const [{ reference }] = (await problemsOf(take(longCot({ ...OPTIONS, templates: ["Dungeon"] }), 1))) as [
      Problem,
    ];
    const [solution] = reference.answers as [string];
    const long = `${"step ".repeat(200)}\n${solutionLine(solution)}`;
    expect([official(long, reference), training(long, reference)]).toEqual([1, 0]);
    expect(official(`${solution} of 9`, reference)).toBe(0);
    expect(lenient(`${solution} of 9`, reference)).toBe(1);
  });
});

describe("the simulated reader of LongCoT", () => {
  it.each(KINDS.map((kind) => [kind.template, kind] as const))(
    "solves %s if no step is lost, and seldom if many are",
    (template, kind) => {
      const drawn = kind.draw(4, new Random(3));
      const reading = longCotReader.read(`Solve it.\n\n${kind.write(drawn)}`)!;
      const values = reading.findings.map(({ value }) => value);
      expect(solves(reading.answer(values), { template, ...drawn })).toBe(true);
      expect(() => reading.answer([])).not.toThrow();
      expect(reading.findings.every(({ position }) => position >= 0 && position <= 1)).toBe(true);
    },
  );
});
