/** Reads files that RULER wrote: `validation.jsonl` of a needle task. */
import { basename, dirname, resolve } from "node:path";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { numberField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";

export interface LoadRulerOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

/**
 * What stands before the context, and what begins the question after it, whatever chat template is around them: lines, or with
 * RULER's `--remove_newline_tab` words of the one line that all is.
 */
const LAYOUTS = [
  { head: /special magic \w+ (?:is|are) hidden within the following text\.[^\n]*\n/, before: "\nWhat " },
  {
    head: /special magic \w+ (?:is|are) hidden within the following text\. Make sure to memorize it\. I will quiz you about the \w+ afterwards\. /,
    before: " What ",
  },
];
const QUESTION = /^What (?:is|are all) the special magic \w+ for .+? mentioned in the provided text\?/;

/** The problems in the order of the files. Throws `DataError` with file, row and column. */
export function loadRuler({ files, onBadRow }: LoadRulerOptions): Dataset {
  return {
    name: "s-niah",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, {
        columns: ["input", "outputs", "length"],
        ...(onBadRow && { onBadRow }),
      });
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

/** A row's `index` is not unique, so a problem is named by its file and line. */
function readProblem(row: Row): { id: string; problem: Problem } {
  const id = nameOf(row.origin);
  const input = textField(row, "input");
  const parted = partedNeedles(input);
  if (parted === null)
    throw new DataError(`${row.origin}: expected RULER's needle template in column "input"`);
  const { context, question } = parted;
  const task = {
    id,
    dataset: "s-niah",
    question,
    context,
    contextTokens: countTokens(context),
    metadata: { length: numberField(row, "length") },
  };
  return { id, problem: { task, reference: { taskId: id, answers: readOutputs(row), metadata: {} } } };
}

/** The context and the question of a prompt of needles; null if it is none. */
export function partedNeedles(input: string): { readonly context: string; readonly question: string } | null {
  return LAYOUTS.map((layout) => partedBy(input, layout)).find((found) => found !== null) ?? null;
}

function partedBy(
  input: string,
  { head, before }: (typeof LAYOUTS)[number],
): { readonly context: string; readonly question: string } | null {
  const begin = head.exec(input);
  const end = input.lastIndexOf(before);
  const question = QUESTION.exec(input.slice(end + 1))?.[0];
  if (!begin || question === undefined || end === -1) return null;
  return { context: input.slice(begin.index + begin[0].length, end), question };
}

/** A name of a row by its folder, file and line: RULER names the folder after the task and every file `validation.jsonl`. */
export function nameOf(origin: string): string {
  const [, file = "", number = ""] = /^(.*) (?:line|row) (\d+)$/s.exec(origin) ?? [];
  return `${basename(dirname(resolve(file)))}-${basename(file).replace(/\..*$/, "")}-${number}`;
}

/** The gold texts. Throws `DataError` with the row's origin. */
export function readOutputs(row: Row): string[] {
  const { outputs } = row.fields;
  if (Array.isArray(outputs) && outputs.length > 0 && outputs.every((output) => typeof output === "string"))
    return outputs;
  throw new DataError(`${row.origin}: expected a list of texts in column "outputs"`);
}
