/** LongBench-Pro: questions of 25 kinds over long texts in English and Chinese, as `longbench_pro.json` has them. */
import { createHash } from "node:crypto";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { normalised } from "./metrics.ts";
import { TASK_METRICS } from "./tasks.ts";

/** The languages of the questions, as the file spells them. */
export const LANGUAGES = ["English", "Chinese"] as const;
/** The lengths of the contexts in tokens, as the file classes them. */
export const LENGTHS = ["8k", "16k", "32k", "64k", "128k", "256k"] as const;

/** The columns that questions are chosen by, but for the task. */
const KINDS = ["language", "token_length", "contextual_requirement", "difficulty"] as const;

/** What a question has to have in each of these columns; any value if absent. */
export type Wanted = { readonly [Kind in (typeof KINDS)[number]]?: string | undefined } & {
  /** A number of a task, such as `T4` or `T4.2`. */
  readonly task?: string | undefined;
};

/** Which questions to read. */
export interface LoadLongBenchProOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
  readonly wanted?: Wanted;
  /** Whether to ask the question that tells the model to think before it answers. */
  readonly thinking?: boolean;
}

/** The questions in the order of the files. Throws `DataError` with file, row and column. */
export function loadLongBenchPro({
  files,
  wanted = {},
  thinking = false,
  onBadRow,
}: LoadLongBenchProOptions): Dataset {
  const kinds = KINDS.filter((kind) => wanted[kind] !== undefined);
  const columns = [...kinds, ...(wanted.task === undefined ? [] : ["secondary_task"])];
  const keep = ({ fields }: Row) =>
    kinds.every((kind) => fields[kind] === wanted[kind]) && isOf(wanted.task, fields.secondary_task);
  return {
    name: "longbench-pro",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, {
        ...(columns.length > 0 && { where: { columns, keep } }),
        ...(onBadRow && { onBadRow }),
      });
      for await (const { problem } of readEach(rows, onBadRow, (row) => readProblem(row, thinking)))
        yield problem;
    },
  };
}

/** Whether a task's name begins with a number, or with a number below it. */
function isOf(number: string | undefined, task: unknown): boolean {
  return number === undefined || `${String(task).split(" ", 1)[0]!}.`.startsWith(`${number}.`);
}

function readProblem(row: Row, thinking: boolean): { id: string; problem: Problem } {
  const id = idField(row, "id");
  const context = textField(row, "context");
  const task = textField(row, "secondary_task");
  const metric = TASK_METRICS[task];
  if (metric === undefined)
    throw new DataError(
      `${row.origin}: expected one of the 25 tasks of LongBench-Pro in column "secondary_task", such as ${JSON.stringify(Object.keys(TASK_METRICS)[0])}, got ${JSON.stringify(task)}`,
    );
  const language = oneOf(row, "language", LANGUAGES);
  const problem = {
    task: {
      id,
      dataset: "longbench-pro",
      question: textField(row, thinking ? "question_thinking" : "question_nonthinking"),
      context,
      contextTokens: countTokens(context),
      metadata: {
        language,
        token_length: oneOf(row, "token_length", LENGTHS),
        primary_task: textField(row, "primary_task"),
        secondary_task: task,
        contextual_requirement: textField(row, "contextual_requirement"),
        difficulty: textField(row, "difficulty"),
        // Keeps all questions about one text on the same side of a split.
        contextGroup: createHash("sha256").update(context).digest("hex"),
      },
    },
    reference: {
      taskId: id,
      answers: answersOf(row),
      metadata: { [metric]: true, isChinese: language === "Chinese" },
    },
  };
  return { id, problem };
}

/** Golds that are empty would be found in any reply. */
function answersOf(row: Row): string[] {
  const { answer } = row.fields;
  if (Array.isArray(answer) && answer.length > 0 && answer.every(isAnswer)) return answer;
  throw new DataError(
    `${row.origin}: expected a list of texts in column "answer", at least one and none of them empty, got ${(JSON.stringify(answer) ?? "no such column").slice(0, 80)}`,
  );
}

function isAnswer(value: unknown): value is string {
  return typeof value === "string" && normalised(value) !== "";
}

function oneOf<const Value extends string>(row: Row, column: string, values: readonly Value[]): Value {
  const given = textField(row, column);
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  throw new DataError(
    `${row.origin}: expected one of ${values.join(", ")} in column "${column}", got ${JSON.stringify(given.slice(0, 40))}`,
  );
}
