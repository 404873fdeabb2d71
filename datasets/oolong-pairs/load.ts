/** OOLONG-Pairs over the windows of OOLONG's published files. The gold comes from the labelled text, which no task holds. */
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem } from "../../src/types.ts";
import { parseDate } from "../oolong/calendar.ts";
import { builtInQuestions } from "../oolong/built-in/questions.ts";
import { type LoadOolongOptions, passes } from "../oolong/load.ts";
import type { Line } from "../oolong/window.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, textField } from "../rows/row.ts";
import { profiles } from "./eligible.ts";
import { pairsProblem } from "./oolong-pairs.ts";
import { PREDICATES } from "./predicates.ts";

const KEYS = ["id", "dataset", "context_len", "task_group", "context_window_id"] as const;
/** Matches one line. Only a line feed ends a line, so a text may hold any other separator. */
const LABELLED_LINE = /^Date: (.+?) \|\| User: (\d+) \|\| Instance: (.+?)(?: \|\| Label: (.+))?$/s;

/** The sources whose labels the conditions use. */
const SOURCES = ["trec_coarse", builtInQuestions().name];

/** Twenty problems for each window of the sources named; of the sources with the six labels if none is named. */
export function loadOolongPairs(options: LoadOolongOptions): Dataset {
  return {
    name: "oolong-pairs",
    size: undefined,
    [Symbol.asyncIterator]: () => problems({ sources: SOURCES, ...options }),
  };
}

async function* problems(options: LoadOolongOptions): AsyncGenerator<Problem> {
  const { files, onBadRow } = options;
  const seen = new Set<string>();
  // Each window occurs in the files once for each of its 25 questions; the first is enough.
  const keep = (row: Row) => {
    if (!passes(row, options)) return false;
    const windowId = idField(row, "context_window_id");
    const isNew = !seen.has(windowId);
    seen.add(windowId);
    return isNew;
  };
  const rows = readRows(files, {
    columns: ["context_window_id", "context_window_text", "context_window_text_with_labels"],
    where: { columns: KEYS, keep },
    ...(onBadRow && { onBadRow }),
  });
  for await (const { id, window, users } of readEach(rows, onBadRow, readWindow)) {
    for (const index of PREDICATES.keys()) yield pairsProblem(window, users, id, index);
  }
}

function readWindow(row: Row) {
  const id = idField(row, "context_window_id");
  const context = textField(row, "context_window_text");
  const users = profiles(readLabelledLines(row));
  return { id, window: { context, contextTokens: countTokens(context) }, users };
}

function readLabelledLines(row: Row): Line[] {
  const text = textField(row, "context_window_text_with_labels");
  return text.split("\n").flatMap((line) => {
    const [whole, shown = "", user = "", instance = "", label] = LABELLED_LINE.exec(line) ?? [];
    if (whole === undefined) return [];
    const date = parseDate(shown);
    if (date === null || label === undefined)
      throw new DataError(
        `${row.origin}: expected a date and a label in the line ${JSON.stringify(line.slice(0, 80))}`,
      );
    return [{ date, user, text: instance, label }];
  });
}
