/** Reads the files of RMT-team/babilong: one task family and length a file, which its name tells. */
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { nameOf } from "../s-niah/load.ts";
import { PUBLISHED_LABELS } from "./labels.ts";
import { questionText } from "./questions.ts";

/** Which files to read. */
export interface LoadBabilongOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
  /** The task family of files whose names do not tell: qa1 to qa20. */
  readonly task?: string;
}

/** The last name of a task in a path, as in `4k/qa1-00000-of-00001.parquet` or `qa1/4k.json`. */
const NAMED = /(?:^|[/\\._-])(qa(?:1\d|20|[1-9]))(?=[/\\._-])(?!.*[/\\._-]qa\d)/;

/**
 * The problems in the order of the files; an id is made of file and row, since rows have none and may repeat. Throws `DataError`
 * with file, row and column.
 */
export function loadBabilong({ files, task, onBadRow }: LoadBabilongOptions): Dataset {
  return {
    name: "babilong",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, onBadRow ? { onBadRow } : {});
      for await (const { problem } of readEach(rows, onBadRow, (row) => readProblem(row, task)))
        yield problem;
    },
  };
}

function readProblem(row: Row, given: string | undefined): { id: string; problem: Problem } {
  const context = textField(row, "input");
  const question = textField(row, "question");
  const target = textField(row, "target").trim();
  const name = taskOf(row, given);
  const labels = labelsOf(row, name);
  expectTarget(row, name, target, labels);
  const id = nameOf(row.origin);
  const task = {
    id,
    dataset: "babilong",
    question: questionText(name, question.trim(), labels),
    context,
    contextTokens: countTokens(context),
    metadata: { task: name },
  };
  const reference = { taskId: id, answers: [target], metadata: { question, labels: [...labels] } };
  return { id, problem: { task, reference } };
}

function taskOf(row: Row, given: string | undefined): string {
  const { task = given ?? NAMED.exec(row.origin)?.[1] } = row.fields;
  if (typeof task === "string" && Object.hasOwn(PUBLISHED_LABELS, task)) return task;
  throw new DataError(
    task === undefined
      ? `${row.origin}: expected the task in the file's name, as in qa1-00000-of-00001.parquet; name it with option task`
      : `${row.origin}: expected a task from qa1 to qa20 in column "task", got ${JSON.stringify(task)}`,
  );
}

/** The answers that the task allows: the published ones, or those of the row. */
function labelsOf(row: Row, task: string): readonly string[] {
  const { labels } = row.fields;
  if (labels === undefined || labels === null) return PUBLISHED_LABELS[task]!;
  const read: unknown = typeof labels === "string" ? labels.split(",") : labels;
  if (Array.isArray(read) && read.length > 0 && read.every((label) => typeof label === "string")) return read;
  throw new DataError(`${row.origin}: expected a list of texts in column "labels"`);
}

/** Throws `DataError` for a target that no reply can name: the file is of another task, or version. */
function expectTarget(row: Row, task: string, target: string, labels: readonly string[]): void {
  const known = new Set(labels.map((label) => label.toLowerCase()));
  const lower = target.toLowerCase();
  const isKnown = known.has(lower) || lower.split(",").every((part) => known.has(part));
  if (isKnown) return;
  throw new DataError(
    `${row.origin}: expected one of the labels of ${task} in column "target" (${labels.join(", ")}), got ${JSON.stringify(target.slice(0, 40))}`,
  );
}
