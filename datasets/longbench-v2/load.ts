/** LongBench-v2: questions with four choices over long texts of six domains. Its questions about code repositories are CodeQA. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { LETTERS } from "./letters.ts";

/** The columns that questions are chosen by. */
const KINDS = ["domain", "sub_domain", "difficulty", "length"] as const;
const COLUMNS = ["_id", ...KINDS, "question", "answer", "context", ...LETTERS.map(choiceColumn)];

/** The domains of LongBench-v2, as its file spells them. */
export const DOMAINS = [
  "Single-Document QA",
  "Multi-Document QA",
  "Long In-context Learning",
  "Long-dialogue History Understanding",
  "Code Repository Understanding",
  "Long Structured Data Understanding",
] as const;

/** The domain of CodeQA. */
export const CODE_DOMAIN = "Code Repository Understanding";

/** What a question has to have in each of these columns; any value if absent. */
export type Wanted = { readonly [Kind in (typeof KINDS)[number]]?: string | undefined };

/** Which questions to read, and the name of the dataset that they make. */
export interface LoadLongBenchV2Options extends Pick<RowOptions, "onBadRow"> {
  /** LongBench-v2's `data.json` or parquet. */
  readonly files: readonly string[];
  readonly name?: string;
  readonly wanted?: Wanted;
}

/** The questions in the order of the files. Throws `DataError` with file, row and column. */
export function loadLongBenchV2({
  files,
  name = "longbench-v2",
  wanted = {},
  onBadRow,
}: LoadLongBenchV2Options): Dataset {
  const kinds = KINDS.filter((kind) => wanted[kind] !== undefined);
  const where = {
    columns: kinds,
    keep: ({ fields }: Row) => kinds.every((kind) => fields[kind] === wanted[kind]),
  };
  return {
    name,
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, {
        columns: COLUMNS,
        ...(kinds.length > 0 && { where }),
        ...(onBadRow && { onBadRow }),
      });
      for await (const { problem } of readEach(rows, onBadRow, (row) => readProblem(row, name)))
        yield problem;
    },
  };
}

function choiceColumn(letter: string): string {
  return `choice_${letter}`;
}

function readProblem(row: Row, dataset: string): { id: string; problem: Problem } {
  const id = idField(row, "_id");
  const context = textField(row, "context");
  const gold = textField(row, "answer");
  if (!LETTERS.some((letter) => letter === gold))
    throw new DataError(
      `${row.origin}: expected A, B, C or D in column "answer", got ${JSON.stringify(gold)}`,
    );
  const choices = LETTERS.map((letter) => `(${letter}) ${textField(row, choiceColumn(letter))}`);
  const task = {
    id,
    dataset,
    question: `${textField(row, "question")}\n\n${choices.join("\n")}\n\nGive your final answer in the form 'The correct answer is (X)'.`,
    context,
    contextTokens: countTokens(context),
    metadata: {
      ...Object.fromEntries(KINDS.map((kind) => [kind, textField(row, kind)])),
      // Keeps all questions about one text on the same side of a split.
      contextGroup: createHash("sha256").update(context).digest("hex"),
    },
  };
  return { id, problem: { task, reference: { taskId: id, answers: [gold], metadata: {} } } };
}
