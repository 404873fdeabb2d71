/** Reads files that RULER wrote, `validation.jsonl` of any of its thirteen tasks. */
import { basename, dirname, resolve } from "node:path";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { numberField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { nameOf, partedNeedles, readOutputs } from "../s-niah/load.ts";
import { CODED_QUESTION, COMMON_QUESTION, documentsQuestion, trackingQuestion } from "./questions.ts";
import type { AnswerKind } from "./scorer.ts";
import { isNeedle, RULER_NAMES, type RulerName } from "./variants.ts";
import { CODED_WORDING, COMMON_WORDING, documentsWording, TRACKING_BEGINS } from "./wording.ts";

/** Which files to read. */
export interface LoadRulerFilesOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

/** The words around the contexts of a task without needles. */
interface Layout {
  /** The last one of these in an input begins its text; an example of the task may stand before it. */
  readonly before: string;
  /** The last one of these ends it. */
  readonly after: string;
  /** The question for a policy, from what follows `after`; null if that is no question of the task. */
  readonly asks: (rest: string) => string | null;
  readonly kind: AnswerKind;
  /** The tasks whose files have such rows; the first one if the folder's name does not tell. */
  readonly variants: readonly RulerName[];
}

const DOCUMENTS = documentsWording("");
/** What older files, and RULER's chat templates, have after a question. */
const ANSWER_BEGINS = / Answer:| \[\/INST\]| ASSISTANT:|<\||<SPECIAL_|\n/;

const LAYOUTS: readonly Layout[] = [
  {
    before: `${TRACKING_BEGINS}\n\n`,
    after: "\nQuestion: Find all variables that are assigned the value ",
    asks: (rest) => {
      const value = /^(\d+) in the text above\./.exec(rest)?.[1];
      return value === undefined ? null : trackingQuestion(value);
    },
    kind: "words",
    variants: ["vt"],
  },
  { ...COMMON_WORDING, asks: () => COMMON_QUESTION, kind: "words", variants: ["cwe"] },
  { ...CODED_WORDING, asks: () => CODED_QUESTION, kind: "words", variants: ["fwe"] },
  {
    ...DOCUMENTS,
    asks: (rest) => {
      const [question = ""] = rest.split(ANSWER_BEGINS, 1);
      return question.trim() === "" ? null : documentsQuestion(question.trim().replace(/\s+/g, " "));
    },
    kind: "part",
    variants: ["qa_1", "qa_2"],
  },
];
/** The problems in the order of the files. Throws `DataError` with file, row and column. */
export function loadRulerFiles({ files, onBadRow }: LoadRulerFilesOptions): Dataset {
  return {
    name: "ruler",
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
  const { context, question, kind, variants } = partedInput(row, textField(row, "input"));
  const answers = readOutputs(row);
  if (kind === "words") expectWords(row, context, answers);
  const variant = namedByFolder(row, variants);
  const length = numberField(row, "length");
  const contextTokens = countTokens(context);
  const task = { id, dataset: "ruler", question, context, contextTokens, metadata: { variant, length } };
  return { id, problem: { task, reference: { taskId: id, answers, metadata: { kind } } } };
}

interface Parted {
  readonly context: string;
  readonly question: string;
  readonly kind: AnswerKind;
  readonly variants: readonly RulerName[];
}

function partedInput(row: Row, input: string): Parted {
  const needles = partedNeedles(input);
  if (needles !== null) return { ...needles, kind: "needles", variants: RULER_NAMES.filter(isNeedle) };
  for (const layout of LAYOUTS)
    for (const { before, after } of [layout, inOneLine(layout)]) {
      const begin = input.lastIndexOf(before);
      const end = input.lastIndexOf(after);
      if (begin < 0 || end < begin) continue;
      const question = layout.asks(input.slice(end + after.length));
      if (question === null) continue;
      return { ...layout, context: input.slice(begin + before.length, end), question };
    }
  throw new DataError(
    `${row.origin}: expected the wording of one of RULER's tasks in column "input", got ${JSON.stringify(input.slice(0, 60))}`,
  );
}

/** The words as RULER's `--remove_newline_tab` leaves them. */
function inOneLine({ before, after }: Layout): Pick<Layout, "before" | "after"> {
  return { before: before.replace(/\s+/g, " "), after: after.replace(/\s+/g, " ") };
}

/** Throws `DataError` unless a list's gold words occur in its text. */
function expectWords(row: Row, context: string, answers: readonly string[]): void {
  const missing = answers.find((answer) => !context.includes(answer));
  if (missing !== undefined)
    throw new DataError(
      `${row.origin}: expected words of column "input" in column "outputs", which has ${JSON.stringify(missing.slice(0, 40))}`,
    );
}

/** RULER names the folder after the task. */
function namedByFolder({ origin }: Row, variants: readonly RulerName[]): string {
  const [, file = ""] = /^(.*) (?:line|row) \d+$/s.exec(origin) ?? [];
  const folder = basename(dirname(resolve(file)));
  return (
    variants.find((variant) => variant === folder) ??
    (variants.length === 1 ? variants[0]! : familyOf(variants))
  );
}

/** The name of several tasks together: `niah` or `qa`. */
function familyOf([first]: readonly RulerName[]): string {
  return first!.split("_", 1)[0]!;
}
