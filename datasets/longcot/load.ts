/** Reads the files of LongHorizonReasoning/longcot: questions of logic and cs, with what their verifiers need. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { schemaProblem } from "../../src/files/schema-problem.ts";
import type { Json, JsonObject, Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { KINDS } from "./puzzles/kinds.ts";
import { domainOf } from "./longcot.ts";
import { referenceOf } from "./scorer.ts";
import { type Puzzle, solves, TEMPLATES } from "./verify.ts";
import { puzzleOf, QUESTION, solutionLine } from "./wording.ts";

/** Which files to read. */
export interface LoadLongCotOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

const whole = z.number().int().refine(Number.isSafeInteger, "expected a whole number up to 2^53");
const cell = z.tuple([whole, whole]);
const stacks = z.looseObject({
  instance: z.looseObject({
    initial_state: z.array(z.array(whole)).min(1),
    goal_state: z.array(z.array(whole)).min(1),
  }),
});
const number = z.looseObject({ solution: whole });
const remainder = z.looseObject({ solution: whole, instance: z.looseObject({ mod: whole.positive() }) });
const object = z.record(z.string(), z.unknown());
const ints = z.union([z.array(whole).min(1), z.string()]);

/** What the verifier of a template reads of `problem`, or of `answer` for cs. */
const SHAPES: Readonly<Record<string, z.ZodType>> = {
  BlocksWorld: stacks,
  RandomHanoi: stacks,
  Sokoban: z.looseObject({
    instance: z.looseObject({
      walls: z.array(cell),
      goals: z.array(cell),
      boxes: z.array(cell),
      player: cell,
    }),
  }),
  Sudoku: z.looseObject({
    config: z.looseObject({ n: whole.positive().max(100) }),
    instance: z.looseObject({ puzzle_grid: z.array(z.array(whole.nullable())).min(1) }),
  }),
  Dungeon: number,
  TrapezoidCounting: number,
  PackagingMinWaste: remainder,
  WizardsTotalStrength: remainder,
  HM: object,
  MFMC: object,
  Scheduling: object,
  TM: object,
  MCM: object,
  LLVM: object,
  Backprop: ints,
  DistMem: ints,
  VLIW: z.union([whole, z.string()]),
  CodeTrace: z.union([whole, z.string()]),
};

/**
 * The questions in the order of the files. Where a file has no solution, one is searched for; a level of Sokoban has none then,
 * and neither the oracle nor a test of gold can play it. Throws `DataError` with file, row and column, also for a question of
 * another domain than logic and cs, and for a solution that its own verifier refuses.
 */
export function loadLongCot({ files, onBadRow }: LoadLongCotOptions): Dataset {
  return {
    name: "longcot",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, onBadRow ? { onBadRow } : {});
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

function readProblem(row: Row): { id: string; problem: Problem } {
  const id = idField(row, "question_id");
  const puzzle = puzzleIn(row);
  const { template } = puzzle;
  const context = puzzleOf(textField(row, "prompt"));
  if (context === "") throw new DataError(`${row.origin}: expected a puzzle in column "prompt"`);
  const solution = solutionOf(puzzle);
  if (solution !== null && !solves(solutionLine(solution), puzzle))
    throw new DataError(`${row.origin}: the solution in the file does not solve the puzzle`);
  const task = {
    id,
    dataset: "longcot",
    question: QUESTION,
    context,
    contextTokens: countTokens(context),
    metadata: {
      domain: domainOf(template),
      template,
      ...difficultyOf(id),
      // Keeps a puzzle that occurs twice on the same side of a split.
      contextGroup: createHash("sha256").update(context).digest("hex"),
    },
  };
  return { id, problem: { task, reference: referenceOf(id, puzzle, solution) } };
}

function puzzleIn(row: Row): Puzzle {
  const { problem, answer = null } = row.fields as Readonly<Record<string, Json>>;
  const template = (problem as JsonObject | null | undefined)?.template;
  const known = [...TEMPLATES.logic, ...TEMPLATES.cs];
  if (typeof template !== "string" || !known.includes(template))
    throw new DataError(
      `${row.origin}: expected a template of logic or cs in column "problem", got ${JSON.stringify(template ?? null)?.slice(0, 40)}; the templates are ${known.join(", ")}`,
    );
  const isLogic = domainOf(template) === "logic";
  const [column, value] = isLogic ? ["problem", problem] : ["answer", answer];
  const { error } = SHAPES[template]!.safeParse(value);
  if (error)
    throw new DataError(
      `${row.origin}: column "${column}" of ${template}: ${schemaProblem(error, "the whole")}`,
    );
  return { template, problem: problem as JsonObject, answer };
}

function solutionOf(puzzle: Puzzle): string | null {
  const { template, problem, answer } = puzzle;
  if (domainOf(template) === "cs") return typeof answer === "string" ? answer : JSON.stringify(answer);
  if (typeof problem.solution === "number") return String(problem.solution);
  if (template === "Sokoban" && (problem.config as JsonObject | undefined)?.made === undefined) return null;
  const found = KINDS.find((kind) => kind.template === template)!.solve({
    problem,
    answer,
  });
  return found !== null && solves(solutionLine(found), puzzle) ? found : null;
}

/** Ids are `Sudoku_easy_1`. */
function difficultyOf(id: string): { difficulty?: string } {
  const difficulty = /_(easy|medium|hard)_/.exec(id)?.[1];
  return difficulty === undefined ? {} : { difficulty };
}
