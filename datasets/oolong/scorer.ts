/** OOLONG's scorer for synthetic questions (abertsch72/oolong, MIT: `eval_helpers.py`), and a separate lenient one. */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip, toInt, words } from "../python-text.ts";
import { readDate } from "./dateutil.ts";
import { partialCredit } from "./partial-credit.ts";

/** The benchmark's names for kinds of answers, in a reference's `answer_type`. */
export type AnswerType = `ANSWER_TYPE.${"LABEL" | "NUMERIC" | "COMPARISON" | "USER" | "DATE" | "MONTH_YEAR"}`;

const COMPARISONS = ["more common", "less common", "same frequency"];

/**
 * The official score: 1 for the gold, 0.75^|difference| for a number, otherwise 0. Of several tied golds only the first
 * counts. A reference holds golds as text (dates as `YYYY-MM-DD`) and `answer_type`.
 */
export const officialScore: Scorer = (answer, reference) =>
  scoreParsed(parseAnswer(answer), reference.answers[0] ?? "", reference.metadata.answer_type);

/** Accepts any of several tied golds, regardless of case, a closing full stop, or commas between thousands. */
export const lenientScore: Scorer = (answer, reference) => {
  const parsed = parseAnswer(answer.trim().replace(/\.$/, "")).trim().replace(/\.$/, "").toLowerCase();
  const plain = parsed.replace(/(?<=\d),(?=\d{3}\b)/g, "");
  const scores = reference.answers.map((gold) =>
    scoreParsed(plain, gold.toLowerCase(), reference.metadata.answer_type),
  );
  return Math.max(0, ...scores);
};

/** The official score for training: 0 for an answer longer than the few closing words of a model. */
export const trainingScore: Scorer = capped(officialScore, () => 400);

/** An answer that the official scorer reads as the reference's gold, in the form that the question asks for. */
export function goldAnswer({ answers, metadata }: Reference): string {
  const gold = answers[0] ?? "";
  if (metadata.answer_type === "ANSWER_TYPE.LABEL") return `Label: ${gold}`;
  if (metadata.answer_type === "ANSWER_TYPE.USER") return `User: ${gold}`;
  if (metadata.answer_type === "ANSWER_TYPE.DATE") return `Date: ${gold}`;
  return `Answer: ${gold}`;
}

/** The value that the official scorer reads from an answer. */
export function parseAnswer(answer: string): string {
  if (!answer.includes(":")) return isShort(answer) ? answer : (words(answer).at(-1) ?? "");
  const last = strip(answer.slice(answer.lastIndexOf(":") + 1)).replace(/[*[\]]/g, "");
  if (isShort(last)) return last;
  return COMPARISONS.find((phrase) => last.includes(phrase)) ?? last;
}

function scoreParsed(parsed: string, gold: string, answerType: unknown): number {
  if (parsed === gold) return 1;
  if (COMPARISONS.includes(parsed)) return gold.includes(parsed) ? 1 : 0;
  if (answerType === "ANSWER_TYPE.NUMERIC") return numericScore(parsed, gold);
  if (answerType === "ANSWER_TYPE.DATE") return readDate(parsed) === gold ? 1 : 0;
  return 0;
}

/** 0.75 to the power of the difference; 0 if Python's `int` cannot read one of the two. */
function numericScore(parsed: string, gold: string): number {
  const [said, expected] = [toInt(parsed), toInt(gold)];
  return said === null || expected === null ? 0 : partialCredit(Math.abs(said - expected));
}

/** Fewer than 20 characters, counted as Python counts them. */
function isShort(text: string): boolean {
  return text.length < 20 || (text.length < 40 && Array.from(text).length < 20);
}
