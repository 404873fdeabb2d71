/** RULER's frequent words: coded words whose frequencies fall as Zipf's law says (NVIDIA/RULER, `freq_words_extraction.py`). */
import { countTokens } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { RulerSizes } from "../s-niah/fitting.ts";
import { byCodePoint } from "./word-lists.ts";
import { CODED_WORDING, inputOf } from "./wording.ts";

const WORD_CHARS = 6;
/** One word of the vocabulary for so many tokens. */
const TOKENS_PER_WORD = 50;
/** The size changes in steps of this share of the length. */
const STEPS = 32;
/** The Riemann zeta function at the exponent 2, which RULER uses: π²/6. */
const ZETA = 1.6449340668482264;
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");
/** Stands for the most frequent word, and is no answer. */
const DOTS = "...";
/** The ranks that are the answer. */
const [FIRST_RANK, LAST_RANK] = [2, 4];

/** A text of RULER's file: its input with the beginning of the answer, and the three words. */
export interface CodedDraw {
  readonly text: string;
  readonly outputs: readonly string[];
  readonly answerPrefix: string;
}

/** What a file of frequent words is made by. */
export interface CodedOptions {
  readonly length: number;
  readonly seed: number;
  readonly reserve: number;
  /** Sizes are numbers of words; the search draws a vocabulary once, whatever sizes it tries. */
  readonly rows: number | RulerSizes;
  readonly countTokens: (text: string) => number;
}

/** The texts of a file. Throws `UsageError` if not even the shortest fits. */
export function* codedDraws({
  length,
  seed,
  reserve,
  rows,
  countTokens: count,
}: CodedOptions): Generator<CodedDraw> {
  const random = new Random(seed);
  const most = length - reserve;
  const step = Math.floor(most / STEPS);
  const size = Math.floor(most / TOKENS_PER_WORD);
  if (step < 1 || size < LAST_RANK)
    throw new UsageError(`ruler: a length of ${length} tokens is too short for fwe`);
  const draw = () => {
    const words = vocabulary(size, random, seed);
    return (wordCount: number): CodedDraw => ({
      text: inputOf(CODED_WORDING, textOf(words, wordCount, new Random(seed))) + CODED_WORDING.answerPrefix,
      outputs: words.slice(FIRST_RANK - 1, LAST_RANK),
      answerPrefix: CODED_WORDING.answerPrefix,
    });
  };
  const searched = draw();
  if (typeof rows !== "number") {
    for (const sizes of rows.rows) yield draw()([sizes].flat().at(-1) as number);
    return;
  }
  let wordCount = Math.floor(most / WORD_CHARS);
  while (count(searched(wordCount).text) < most) wordCount += step;
  wordCount -= step;
  for (let index = 0; index < rows; index += 1) {
    const ofSize = draw();
    let fitting = wordCount;
    while (fitting > 0 && count(ofSize(fitting).text) > most) fitting -= step;
    yield ofSize(fitting);
  }
}

/** Different words, the most frequent first. */
function vocabulary(size: number, random: Random, order: number): string[] {
  const shuffled = new Random(order).shuffle([...distinctWords(size, random)].toSorted(byCodePoint));
  return [DOTS, ...shuffled.slice(1)];
}

function distinctWords(size: number, random: Random): ReadonlySet<string> {
  const words = new Set<string>();
  while (words.size < size) words.add(random.choices(LETTERS, WORD_CHARS).join(""));
  return words;
}

/** How often the word of a rank occurs among about `wordCount` words. */
function times(rank: number, wordCount: number): number {
  return Math.trunc((wordCount * rank ** -2) / ZETA);
}

function textOf(words: readonly string[], wordCount: number, order: Random): string {
  const all: string[] = [];
  for (const [i, word] of words.entries()) {
    const often = times(i + 1, wordCount);
    // Later words are rarer still.
    if (often === 0) break;
    for (let n = 0; n < often; n += 1) all.push(word);
  }
  return order.shuffle(all).join(" ");
}

/** A text of at most `length` tokens. Throws `UsageError` if its three answers would not be more frequent than all others. */
export function codedText(length: number, random: Random) {
  const most = length * 2;
  // Rarer words of the vocabulary than these do not occur.
  const size = Math.min(Math.floor(length / TOKENS_PER_WORD), Math.ceil(Math.sqrt(most / ZETA)));
  const words = size > LAST_RANK ? [DOTS, ...distinctWords(size - 1, random)] : [];
  const cost = words.map((word) => countTokens(` ${word}`));
  const tokensOf = (wordCount: number) => {
    let tokens = 0;
    for (const [i, each] of cost.entries()) {
      const often = times(i + 1, wordCount);
      if (often === 0) break;
      tokens += often * each;
    }
    return tokens;
  };
  // The first word has no space before it, which may cost it as many tokens as it has letters.
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tokensOf(middle) <= length - WORD_CHARS) low = middle;
    else high = middle - 1;
  }
  if (words.length === 0 || times(LAST_RANK, low) <= times(LAST_RANK + 1, low))
    throw new UsageError(`ruler: a length of ${length} tokens is too short for fwe; expected 500 or more`);
  const context = textOf(words, low, random);
  const [first = ""] = context.split(" ", 1);
  const contextTokens = tokensOf(low) - countTokens(` ${first}`) + countTokens(first);
  return { context, contextTokens, answers: words.slice(FIRST_RANK - 1, LAST_RANK) };
}
