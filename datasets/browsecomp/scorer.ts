/**
 * How BrowseComp's answers are compared where no model judges: the exact answer, up to spelling. The authors let a model judge
 * (`judge.ts`); the two are reported apart.
 */
import type { Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { exactAnswer } from "./answer-form.ts";

/** 1 where the exact answer is one of the gold's, up to case, articles, punctuation and the writing of numbers. */
export const exactMatch: Scorer = (answer, { answers }) => {
  const given = givenIn(answer);
  return Number(given !== "" && answers.some((gold) => normalised(gold) === given));
};

/** 1 as well where the exact answer has the gold's words among others, or half of them or more and no others. */
export const lenientMatch: Scorer = (answer, { answers }) => {
  const given = givenIn(answer);
  return Number(given !== "" && answers.some((gold) => contains(given, normalised(gold))));
};

/** `exactMatch` for training: 0 for an answer longer than an explanation and the gold. */
export const trainingMatch: Scorer = capped(
  exactMatch,
  ({ answers }) => EXPLANATION_CHARS + Math.max(0, ...answers.map((gold) => gold.length)),
);

const EXPLANATION_CHARS = 2000;
/** Of a longer exact answer only so much is read: no gold is as long. */
const MOST_ANSWER_CHARS = 100_000;
const NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

function givenIn(answer: string): string {
  return normalised(exactAnswer(answer).slice(0, MOST_ANSWER_CHARS));
}

/** Compatibility forms, case, articles, punctuation and ways to write numbers made alike; spaces between words. */
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

/** `07` and `7.0` are 7, as is `seven`. */
function normalisedNumber(word: string): string {
  const value = NUMBER_WORDS.indexOf(word);
  if (value !== -1) return String(value);
  if (!/^\d+(\.\d+)?$/.test(word)) return word;
  const whole = word.replace(/^0+(?=\d)/, "");
  return whole.includes(".") ? withoutClosingZeros(whole) : whole;
}

/** By hand: a pattern that looks back for the dot at each digit takes time quadratic in the digits. */
function withoutClosingZeros(decimal: string): string {
  let end = decimal.length;
  while (decimal[end - 1] === "0") end -= 1;
  return decimal.slice(0, decimal[end - 1] === "." ? end - 1 : end);
}

/** Whether the longer has the shorter's words in a row, and the shorter is no less than half of the gold. */
function contains(given: string, gold: string): boolean {
  const isWithin = (inner: string, outer: string) => ` ${outer} `.includes(` ${inner} `);
  return isWithin(gold, given) || (isWithin(given, gold) && given.length * 2 >= gold.length);
}
