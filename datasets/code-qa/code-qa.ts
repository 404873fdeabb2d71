/** CodeQA: the code repositories of LongBench-v2, with four choices a question. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem, Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";

const LETTERS = ["A", "B", "C", "D"] as const;
const COLUMNS = [
  "_id",
  "domain",
  "sub_domain",
  "difficulty",
  "length",
  "question",
  "answer",
  "context",
  ...LETTERS.map((letter) => `choice_${letter}`),
];
const CODE_DOMAIN = "Code Repository Understanding";

export interface LoadCodeQaOptions extends Pick<RowOptions, "onBadRow"> {
  /** LongBench-v2's `data.json` or parquet. */
  readonly files: readonly string[];
  /** LongBench-v2's domain; its code repositories if absent. */
  readonly domain?: string;
}

/** The problems of one domain in the order of the files. Throws `DataError` with file, row and column. */
export function loadCodeQa({ files, domain = CODE_DOMAIN, onBadRow }: LoadCodeQaOptions): Dataset {
  return {
    name: "code-qa",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const where = { columns: ["domain"], keep: (row: Row) => row.fields.domain === domain };
      const rows = readRows(files, { columns: COLUMNS, where, ...(onBadRow && { onBadRow }) });
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

/** The official score: the letter in "The correct answer is (A)", with or without brackets. */
export const officialScore: Scorer = (answer, { answers: [gold = ""] }) =>
  Number(readSentence(answer) === gold);

/** Also accepts a letter on its own, and choices numbered 0 to 3, as in the RLM paper. */
export const lenientScore: Scorer = (answer, { answers: [gold = ""] }) =>
  Number((readSentence(answer) ?? readAlone(answer)) === gold);

/** `lenientScore` for training: 0 for a long answer, which could be anything that ends well. */
export const trainingScore: Scorer = capped(lenientScore, () => 400);

/** An answer that the official scorer reads as the reference's gold. */
export function goldAnswer({ answers: [gold = ""] }: Reference): string {
  return `The correct answer is (${gold})`;
}

function readSentence(answer: string): string | null {
  const plain = answer.replaceAll("*", "");
  const bracketed = /The correct answer is \(([A-D])\)/.exec(plain);
  return (bracketed ?? /The correct answer is ([A-D])/.exec(plain))?.[1] ?? null;
}

function readAlone(answer: string): string | null {
  const alone = /^\(?([A-D0-3])\)?\.?$/.exec(answer.replaceAll("*", "").trim())?.[1];
  return alone === undefined ? null : (LETTERS[Number(alone)] ?? alone);
}

function readProblem(row: Row): { id: string; problem: Problem } {
  const id = idField(row, "_id");
  const context = textField(row, "context");
  const gold = textField(row, "answer");
  if (!LETTERS.some((letter) => letter === gold))
    throw new DataError(
      `${row.origin}: expected A, B, C or D in column "answer", got ${JSON.stringify(gold)}`,
    );
  const choices = LETTERS.map((letter) => `(${letter}) ${textField(row, `choice_${letter}`)}`);
  const task = {
    id,
    dataset: "code-qa",
    question: `${textField(row, "question")}\n\n${choices.join("\n")}\n\nGive your final answer in the form 'The correct answer is (X)'.`,
    context,
    contextTokens: countTokens(context),
    metadata: {
      domain: textField(row, "domain"),
      sub_domain: textField(row, "sub_domain"),
      difficulty: textField(row, "difficulty"),
      length: textField(row, "length"),
      // Keeps all questions about one repository on the same side of a split.
      contextGroup: createHash("sha256").update(context).digest("hex"),
    },
  };
  return { id, problem: { task, reference: { taskId: id, answers: [gold], metadata: {} } } };
}
