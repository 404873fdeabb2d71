/** OOLONG's questions about transcribed role-playing sessions (`oolongbench/oolong-real`), and their scorer (MIT). */
import type { Dataset } from "../../src/data/dataset.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Json, Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip, toInt } from "../python-text.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type RowOptions, textField } from "../rows/row.ts";
import { partialCredit } from "./partial-credit.ts";

export interface LoadRealOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
  /** Such as `singledoc_rolls`; all if absent. */
  readonly questionTypes?: readonly string[];
}

/** The problems in the order of the files. Throws `DataError` with file, row and column. */
export function loadOolongReal({ files, questionTypes, onBadRow }: LoadRealOptions): Dataset {
  return {
    name: "oolong-real",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, {
        where: {
          columns: ["question_type"],
          keep: (row) => questionTypes?.includes(String(row.fields.question_type)) ?? true,
        },
        ...(onBadRow && { onBadRow }),
      });
      const problems = readEach(rows, onBadRow, (row) => {
        const id = idField(row, "id");
        const context = textField(row, "context_window_text");
        return {
          id,
          task: {
            id,
            dataset: "oolong-real",
            question: textField(row, "question"),
            context,
            contextTokens: countTokens(context),
            metadata: {
              context_window_id: idField(row, "context_window_id"),
              question_type: textField(row, "question_type"),
              campaign: (row.fields.campaign ?? null) as Json,
              episodes: (row.fields.episodes ?? null) as Json,
            },
          },
          reference: { taskId: id, answers: [idField(row, "answer")], metadata: {} },
        };
      });
      for await (const { task, reference } of problems) yield { task, reference };
    },
  };
}

/**
 * The official score of the boxed answer: 0.75^|difference| between whole numbers, equality of texts regardless of case,
 * and for lists the share of the gold found. A gold that lists an item twice cannot reach 1, as in the published scorer.
 */
export const realScore: Scorer = (answer, { answers: [expected = ""] }) => {
  const gold = parseAnswer(expected);
  const said = parseBoxed(answer);
  if (typeof gold === "number" && typeof said === "number") return partialCredit(Math.abs(gold - said));
  if (typeof gold === "string" && typeof said === "string")
    return strip(gold).toLowerCase() === strip(said).toLowerCase() ? 1 : 0;
  if (typeof gold !== "object" || typeof said !== "object" || gold.length === 0) return 0;
  const items = new Set(said);
  return new Set(gold.filter((item) => items.has(item))).size / gold.length;
};

/** `realScore` for training: 0 for an answer longer than the gold plus some closing words. */
export const realTrainingScore: Scorer = capped(
  realScore,
  ({ answers: [gold = ""] }: Reference) => 400 + gold.length,
);

type Parsed = number | string | readonly string[];

/** The first boxed answer, parsed like the golds; without a box the whole text, never as a number or list. */
function parseBoxed(answer: string): Parsed {
  const boxed = boxedText(answer) ?? boxedPlain(answer);
  return boxed === null ? answer : parseAnswer(boxed);
}

/** `\\boxed\{\\text\{([^}]*)\}\}`, by hand: the pattern takes time quadratic in the opening braces of an answer. */
function boxedText(answer: string): string | null {
  let start = answer.indexOf(BOXED_TEXT);
  while (start !== -1) {
    const from = start + BOXED_TEXT.length;
    const end = answer.indexOf("}", from);
    if (end === -1) return null;
    if (answer[end + 1] === "}") return answer.slice(from, end);
    // Whatever begins before this brace also ends at it.
    start = answer.indexOf(BOXED_TEXT, end);
  }
  return null;
}

/** `\\boxed\{+([^}]*)\}+`, for the same reason. */
function boxedPlain(answer: string): string | null {
  const start = answer.indexOf(BOXED);
  if (start === -1) return null;
  let from = start + BOXED.length;
  while (answer[from] === "{") from += 1;
  const end = answer.indexOf("}", from);
  return end === -1 ? null : answer.slice(from, end);
}

const BOXED = String.raw`\boxed{`;
const BOXED_TEXT = String.raw`\boxed{\text{`;

function parseAnswer(answer: string): Parsed {
  const number = toInt(answer);
  if (number !== null) return number;
  if (!answer.includes(",")) return answer;
  return answer
    .split(",")
    .map(strip)
    .filter((item) => item !== "");
}
