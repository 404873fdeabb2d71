/**
 * Compares BrowseComp's answers without a model that judges: the exact answer, up to spelling. The authors let a model judge
 * (`judge.ts`); the two scores are reported separately.
 */
import type { Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { exactAnswer } from "./answer-form.ts";

/** 1 if the exact answer is one of the gold answers, up to case, articles, punctuation and the writing of numbers. */
export const exactMatch: Scorer = (answer, { answers }) => {
  const given = givenIn(answer);
  return Number(given !== "" && answers.some((gold) => normalised(gold) === given));
};

/** Also 1 if the exact answer contains the gold's words among others, or at least half of them and no others. */
export const lenientMatch: Scorer = (answer, { answers }) => {
  const given = givenIn(answer);
  return Number(given !== "" && answers.some((gold) => contains(given, normalised(gold))));
};

/** `exactMatch` for training: 0 for an answer longer than an explanation plus the gold. */
export const trainingMatch: Scorer = capped(
  exactMatch,
  ({ answers }) => EXPLANATION_CHARS + Math.max(0, ...answers.map((gold) => gold.length)),
);

const EXPLANATION_CHARS = 2000;
/** The rest of a longer exact answer is ignored: no gold is as long. */
const MOST_ANSWER_CHARS = 100_000;
const NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

function givenIn(answer: string): string {
  return normalised(exactAnswer(answer).slice(0, MOST_ANSWER_CHARS));
}

/** Makes compatibility forms, case, articles, punctuation and spellings of numbers alike; single spaces between words. */
export function normalised(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase();
  const words = folded
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "")
    .replace(/['’]/g, "")
    .split(/(?!(?<=\d)\.\d)[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "")
    .map(normalisedNumber);
  const bare = words.filter((word) => !["a", "an", "the"].includes(word)).join(" ");
  return bare === "" ? words.join(" ") || folded.trim() : bare;
}

/** `07`, `7.0` and `seven` all become 7. */
function normalisedNumber(word: string): string {
  const value = NUMBER_WORDS.indexOf(word);
  if (value !== -1) return String(value);
  if (!/^\d+(\.\d+)?$/.test(word)) return word;
  const whole = word.replace(/^0+(?=\d)/, "");
  return whole.includes(".") ? withoutClosingZeros(whole) : whole;
}

/** Written by hand: a pattern that looks back for the dot at each digit takes time quadratic in the number of digits. */
function withoutClosingZeros(decimal: string): string {
  let end = decimal.length;
  while (decimal[end - 1] === "0") end -= 1;
  return decimal.slice(0, decimal[end - 1] === "." ? end - 1 : end);
}

/** Whether the longer text has the shorter one's words in a row, and the shorter is at least half of the gold. */
function contains(given: string, gold: string): boolean {
  const isWithin = (inner: string, outer: string) => ` ${outer} `.includes(` ${inner} `);
  return isWithin(gold, given) || (isWithin(given, gold) && given.length * 2 >= gold.length);
}
