/** Running text with needles between its sentences, at RULER's forty depths. */
import type { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { checkRoom, type Haystack } from "./haystack.ts";
import type { SentenceSplitter } from "./sentences.ts";

/** Percentages of the text: `round(linspace(0, 100, 40))`. */
const DEPTHS: readonly number[] = Array.from({ length: 40 }, (_, i) => Math.round((i * 100) / 39));

/**
 * The first words of a text, repeated from the front if it is too short.
 * @param words the text's words; none may be empty if sizes are given in tokens.
 */
export function essayHaystack(words: readonly string[], split: SentenceSplitter): Haystack {
  const wordTokens = costsOf.get(words) ?? wordCosts(words);
  costsOf.set(words, wordTokens);
  const firstWord = countTokens(words[0] as string) - wordTokens.of(1);
  const sentencesOf = remembering(RANGES, (units) => split(firstWords(words, units)));
  return (needles, size, { random }) => {
    const spent = needles.reduce((sum, needle) => sum + countTokens(` ${needle}`), 0);
    const units =
      "units" in size
        ? size.units
        : wordTokens.fitting(size.tokens - spent - needles.length - Math.max(firstWord, 0));
    checkRoom(units, needles);
    const pieces = openText(sentencesOf(units), needles, random);
    // A piece without words leaves a second space, which is a token of its own except at the beginning.
    const gaps = pieces.slice(1).filter((piece) => piece === "").length;
    const tokens = wordTokens.of(units) + spent + gaps + (pieces[0] === "" ? 0 : firstWord);
    return { context: pieces.join(" "), tokens };
  };
}

/** How many beginnings of a text are remembered in sentences, and up to how many words. */
const RANGES = { most: 32, upTo: 100_000 };

/** Remembers the last results: tasks of one length begin with one of a few numbers of words, since only their needles differ. */
function remembering<Value>(
  { most, upTo }: typeof RANGES,
  make: (units: number) => Value,
): (units: number) => Value {
  const known = new Map<number, Value>();
  return (units) => {
    const value = known.get(units) ?? make(units);
    known.delete(units);
    if (units <= upTo) known.set(units, value);
    if (known.size > most) known.delete(known.keys().next().value!);
    return value;
  };
}

/** Alternates stretches of sentences with needles. A stretch is empty if two needles meet or a needle is at an end. */
function openText(sentences: readonly string[], needles: readonly string[], random: Random): string[] {
  const positions = random
    .sample(DEPTHS, needles.length)
    .map((depth) => Math.trunc(sentences.length * (depth / 100)))
    .toSorted((a, b) => a - b);
  const pieces: string[] = [];
  needles.forEach((needle, i) => {
    pieces.push(sentences.slice(positions[i - 1] ?? 0, positions[i]).join(" "), needle);
  });
  pieces.push(sentences.slice(positions.at(-1)).join(" "));
  return pieces;
}

function firstWords(words: readonly string[], count: number): string {
  const rounds = Math.floor(count / words.length);
  const text = Array.from({ length: rounds }, () => words).flat();
  return text
    .concat(words.slice(0, count % words.length))
    .join(" ")
    .replace(/^ +| +$/g, "");
}

interface WordCosts {
  of(count: number): number;
  /** How many words fit. */
  fitting(tokens: number): number;
}

/** Caches the costs of each text that a haystack was made of. */
const costsOf = new WeakMap<readonly string[], WordCosts>();

/**
 * Tokens of the first n words with a space before each, in constant time: each distinct word is counted once, and no word before
 * a haystack reaches it, since counting a whole novel takes longer than anything else before the first episode.
 */
function wordCosts(words: readonly string[]): WordCosts {
  const known = new Map<string, number>();
  const sums = new Uint32Array(words.length + 1);
  let summed = 0;
  const sumOf = (count: number) => {
    for (; summed < count; summed++) {
      const word = words[summed]!;
      const tokens = known.get(word) ?? countTokens(` ${word}`);
      known.set(word, tokens);
      sums[summed + 1] = sums[summed]! + tokens;
    }
    return sums[count]!;
  };
  const of = (count: number) => {
    const rounds = Math.floor(count / words.length);
    return (rounds > 0 ? rounds * sumOf(words.length) : 0) + sumOf(count % words.length);
  };
  return {
    of,
    fitting(tokens) {
      // Twice as many words each time, until they are too many.
      let high = 1;
      while (of(high) <= tokens) high *= 2;
      let low = high >> 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (of(middle) <= tokens) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
