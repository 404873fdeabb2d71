/** OOLONG's published files (`oolongbench/oolong-synth`): parquet shards or JSON Lines of windows and questions. */
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem } from "../../src/types.ts";
import { parseList } from "../python-literal.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, numberField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";

/** Which rows are wanted; all if absent. */
export interface OolongFilter {
  /** Sources such as `trec_coarse`. */
  readonly sources?: readonly string[];
  /** Nominal lengths such as 131072. */
  readonly contextLengths?: readonly number[];
  readonly groups?: readonly string[];
  readonly ids?: readonly string[];
}

export interface LoadOolongOptions extends OolongFilter, Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

const KEYS = ["id", "dataset", "context_len", "task_group"] as const;
/** Leaves out the labelled text and every column that nothing needs. */
const COLUMNS = [
  ...KEYS,
  "task",
  "context_window_id",
  "context_window_text",
  "question",
  "answer",
  "answer_type",
];

/** The problems in the order of the files. Throws `DataError` with file, row and column. */
export function loadOolong(options: LoadOolongOptions): Dataset {
  return {
    name: "oolong",
    size: undefined,
    [Symbol.asyncIterator]: () => problems(options),
  };
}

/** Whether a row passes the filter, by the columns `id`, `dataset`, `context_len` and `task_group`. */
export function passes(row: Row, { sources, contextLengths, groups, ids }: OolongFilter): boolean {
  const { id, dataset, context_len, task_group } = row.fields;
  return (
    (sources?.includes(String(dataset)) ?? true) &&
    (contextLengths?.includes(Number(context_len)) ?? true) &&
    (groups?.includes(String(task_group)) ?? true) &&
    (ids?.includes(String(id)) ?? true)
  );
}

async function* problems(options: LoadOolongOptions): AsyncGenerator<Problem> {
  const { files, onBadRow } = options;
  const rows = readRows(files, {
    columns: COLUMNS,
    where: { columns: KEYS, keep: (row) => passes(row, options) },
    ...(onBadRow && { onBadRow }),
  });
  const shared = rememberLast();
  for await (const { problem } of readEach(rows, onBadRow, (row) => readProblem(row, shared))) yield problem;
}

function readProblem(row: Row, shared: (text: string) => SharedText): { id: string; problem: Problem } {
  const id = idField(row, "id");
  const answerType = textField(row, "answer_type");
  const task = {
    id,
    dataset: "oolong",
    question: textField(row, "question"),
    ...shared(textField(row, "context_window_text")),
    metadata: {
      source: textField(row, "dataset"),
      context_len: numberField(row, "context_len"),
      context_window_id: idField(row, "context_window_id"),
      task_group: textField(row, "task_group"),
      task: textField(row, "task"),
      answer_type: answerType,
    },
  };
  const reference = { taskId: id, answers: readAnswers(row), metadata: { answer_type: answerType } };
  return { id, problem: { task, reference } };
}

function readAnswers(row: Row): string[] {
  try {
    return parseList(textField(row, "answer"));
  } catch (error) {
    if (!(error instanceof DataError) || error.message.startsWith(row.origin)) throw error;
    throw new DataError(`${row.origin}: column "answer": ${error.message}`, { cause: error });
  }
}

/** A window's text and its tokens; of equal texts, only one stays in memory. */
interface SharedText {
  readonly context: string;
  readonly contextTokens: number;
}

/** The rows of a window follow one another, so the last text is often the next one. */
function rememberLast(): (text: string) => SharedText {
  let last: SharedText | null = null;
  return (text) => {
    if (last?.context !== text) last = { context: text, contextTokens: countTokens(text) };
    return last;
  };
}
