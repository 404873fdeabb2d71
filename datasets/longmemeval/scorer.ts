/**
 * Compares LongMemEval's answers without a model. The authors let a model judge (`judge.ts`), and have no other score: this one is
 * the gym's own, for training and for runs without a judge. It cannot tell whether an answer about a preference is right.
 */
import type { Reference, Scorer } from "../../src/types.ts";
import { normalised } from "../browsecomp/scorer.ts";

/** What a training answer may hold besides twice the gold's words: a sentence around it. */
const ROOM_WORDS = 12;
/** The rest of an answer is not read. */
const MOST_CHARS = 20_000;
/** Two golds in one, as the file writes some of those about time: "7 days. 8 days (including the last day) is also acceptable." */
const EITHER = /^(.{1,200}?)\. (.{1,200}?) \([^()]{1,200}\) is also acceptable\.?$/s;
const NUMBER = /\d+(?:\.\d+)?/g;
/** Phrases of an answer that says that the chats do not hold what is asked. */
const UNKNOWN = [
  /(?:\b(?:not|never|cannot|no|nothing|nowhere|without)|n['’]t)\b(?:\W+\w+){0,6}?\W+(?:mention|mentioned|mentions|information|info|record|records|say|said|told|tell|state|stated|know|known|specify|specified|provide|provided|discuss|discussed|shared?|answer|determine|determined|find|found|evidence|data|details?|enough|sufficient|available)\b/i,
  /\b(?:unanswerable|unknown|unclear|insufficient|incomplete|unable to|cannot be)\b/i,
];

/** An answer that says that the chats do not hold what is asked. */
export const NOT_MENTIONED = "The chats do not mention this.";

/** The answers of which any is right. */
export function goldsOf({ answers: [gold = ""] }: Reference): string[] {
  const [, one, other] = EITHER.exec(gold.slice(0, 1000)) ?? [];
  return one === undefined ? [gold] : [one, other!];
}

/** Whether an answer says that the chats do not hold what is asked. */
export function saysUnknown(answer: string): boolean {
  return UNKNOWN.some((phrase) => phrase.test(answer.slice(0, 2000)));
}

/**
 * 1 if the answer holds the words of a gold in a row, up to case, punctuation and the writing of numbers, and no number that the
 * gold lacks. For a question that the chats do not answer: 1 if it says so.
 */
export const wordMatch: Scorer = (answer, reference) => {
  const text = answer.slice(0, MOST_CHARS);
  if (text.trim() === "") return 0;
  if (reference.metadata.abstention === true) return Number(saysUnknown(text));
  const given = normalised(text);
  const golds = goldsOf(reference).map(normalised);
  return Number(
    golds.some(
      (gold) => holds(given, gold) && numbersIn(given).every((number) => numbersIn(gold).includes(number)),
    ),
  );
};

/** Numbers besides the gold's are forgiven. */
export const lenientMatch: Scorer = (answer, reference) => {
  if (reference.metadata.abstention === true) return wordMatch(answer, reference);
  const given = normalised(answer.slice(0, MOST_CHARS));
  return Number(given !== "" && goldsOf(reference).some((gold) => holds(given, normalised(gold))));
};

/** `wordMatch` for training: 0 for an answer that is longer than a sentence around the gold, which could list all that is likely. */
export const trainingMatch: Scorer = (answer, reference) => {
  const most = 2 * Math.max(...goldsOf(reference).map(wordCount)) + ROOM_WORDS;
  const isShort = answer.length <= MOST_CHARS && wordCount(answer) <= most;
  return isShort ? wordMatch(answer, reference) : 0;
};

/** An answer that gets the full score. */
export function goldAnswer(reference: Reference): string {
  return reference.metadata.abstention === true ? NOT_MENTIONED : goldsOf(reference)[0]!;
}

function holds(given: string, gold: string): boolean {
  return ` ${given} `.includes(` ${gold} `);
}

function numbersIn(text: string): string[] {
  return text.match(NUMBER) ?? [];
}

function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}
