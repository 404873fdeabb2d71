/** RULER's common words: a numbered list in which ten words occur more often than all others (NVIDIA/RULER, `common_words_extraction.py`). */
import { countTokens } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { fittedDraws, type RulerSizes } from "../s-niah/fitting.ts";
import { COMMON_WORDING, inputOf } from "./wording.ts";
import { listFor, type WordList, type WordLists } from "./word-lists.ts";

const COMMON = 10;
const STEP = 10;
const PROBE_WORDS = 4096;
/** Below this length, words repeat less often. */
const LONG = 4096;

/** How often the common words and the others occur, in the example of a prompt and in its text. */
function repeatsFor(length: number) {
  return length < LONG
    ? { example: { words: 20, common: 3, other: 1 }, text: { common: 6, other: 1 } }
    : { example: { words: 40, common: 10, other: 3 }, text: { common: 30, other: 3 } };
}

interface Repeats {
  readonly common: number;
  readonly other: number;
}

/** A text of RULER's file: its input with the beginning of the answer, and the common words. */
export interface CommonDraw {
  readonly text: string;
  readonly outputs: readonly string[];
  readonly answerPrefix: string;
}

/** What a file of common words is made by. */
export interface CommonOptions {
  readonly length: number;
  readonly seed: number;
  readonly reserve: number;
  readonly rows: number | RulerSizes;
  readonly words: WordLists;
  readonly countTokens: (text: string) => number;
}

/** The texts of a file. */
export function* commonDraws(options: CommonOptions): Generator<CommonDraw> {
  const { length, seed, reserve, rows, words, countTokens: count } = options;
  const random = new Random(seed);
  // Its words are shuffled once, by the seed, before they are drawn from.
  const shuffled = { ...words, single: new Random(seed).shuffle([...words.single]) };
  const repeats = repeatsFor(length);
  const draw = (wordCount: number, often: Repeats) => {
    const list = listFor(shuffled, wordCount);
    const drawn = random.sampleIndices(list.length, wordCount).map((index) => list.at(index)!);
    return numbered(drawn, often, new Random(seed));
  };
  yield* fittedDraws(
    {
      name: "cwe",
      length,
      step: STEP,
      probeUnits: PROBE_WORDS,
      most: (tokensPerWord) => Math.floor(length / tokensPerWord) * 2,
      probe: (units) => {
        const example = draw(repeats.example.words, repeats.example);
        const { context, common } = draw(units, repeats.text);
        const shown = `${withPrefix(example.context)} ${numberedOnce(example.common)}`;
        return {
          text: `${shown}\n${withPrefix(context)}`,
          outputs: common,
          answerPrefix: COMMON_WORDING.answerPrefix,
        };
      },
      tokens: ({ text }) => count(text),
      reserve,
    },
    rows,
  );
}

function withPrefix(context: string): string {
  return inputOf(COMMON_WORDING, context) + COMMON_WORDING.answerPrefix;
}

/** The list with repeated words, the first ten of them the common ones. */
function numbered(words: readonly string[], { common: often, other }: Repeats, order: Random) {
  const common = words.slice(0, COMMON);
  const all = [...repeated(common, often), ...repeated(words.slice(COMMON), other)];
  return { context: numberedOnce(order.shuffle(all)), common };
}

function repeated(words: readonly string[], times: number): string[] {
  return Array.from({ length: times }, () => words).flat();
}

function numberedOnce(words: readonly string[]): string {
  return words.map((word, i) => `${i + 1}. ${word}`).join(" ");
}

/** A list of at most `length` tokens. Throws `UsageError` if it has no room for eleven words, or if there are too few words. */
export function commonText(length: number, lists: WordLists, random: Random) {
  const { text: often } = repeatsFor(length);
  const fitted =
    wordsWithin(length, often, lists.single, random) ?? wordsWithin(length, often, lists.many, random);
  if (!fitted)
    throw new UsageError(`ruler: ${lists.origin} has too few words for cwe at a length of ${length} tokens`);
  if (fitted.words.length <= COMMON)
    throw new UsageError(`ruler: a length of ${length} tokens is too short for cwe; expected 500 or more`);
  const { context, common } = numbered(fitted.words, often, random);
  return { context, contextTokens: fitted.tokens, common };
}

/** As many different words as fit; null if the list ends before that. No token joins a word to the number before or after it. */
function wordsWithin(length: number, often: Repeats, list: WordList | null, random: Random) {
  const words: string[] = [];
  // Of the first entry's space, which it does not have, there is one token.
  let [tokens, entries] = [-1, 0];
  for (const word of list === null ? [] : inRandomOrder(list, random)) {
    const times = words.length < COMMON ? often.common : often.other;
    let added = times * countTokens(` ${word}`);
    for (let i = 1; i <= times; i += 1) added += numberTokens(entries + i);
    if (tokens + added > length) return { words, tokens };
    words.push(word);
    [tokens, entries] = [tokens + added, entries + times];
  }
  return null;
}

const costs = new Map<number, number>();

/** The tokens of ` 12.`, which depend on the number of digits. */
function numberTokens(number: number): number {
  const digits = String(number).length;
  const known = costs.get(digits) ?? countTokens(` ${"1".repeat(digits)}.`);
  costs.set(digits, known);
  return known;
}

/** A shuffle that is drawn item by item, with memory for what was drawn alone. */
function* inRandomOrder(list: WordList, random: Random): Generator<string> {
  const moved = new Map<number, number>();
  for (let i = 0; i < list.length; i += 1) {
    const j = i + random.below(list.length - i);
    const index = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    yield list.at(index)!;
  }
}
