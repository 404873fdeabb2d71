/** The text that facts are hidden in: consecutive sentences of a book, as many as fit a number of tokens. */
import { countTokens } from "../../src/cost/tokens.ts";
import type { Random } from "../../src/random.ts";
import { defaultEssay, essayWords } from "../s-niah/essay.ts";
import { splitSentences } from "../s-niah/sentences.ts";

/** A book, cut and counted once for all tasks. */
export interface Background {
  readonly sentences: readonly string[];
  /** `sums[i]`: the tokens of the first `i` sentences, each with a space before it. */
  readonly sums: Float64Array;
}

let own: Background | undefined;

/** Moby-Dick. */
export function ownBackground(): Background {
  return (own ??= backgroundOf(defaultEssay()));
}

/** The sentences of a text. */
export function backgroundOf(text: string): Background {
  const sentences = splitSentences(essayWords(text).join(" ").trim());
  const sums = new Float64Array(sentences.length + 1);
  sentences.forEach((sentence, i) => {
    sums[i + 1] = sums[i]! + spacedTokens(sentence);
  });
  return { sentences, sums };
}

/** The tokens of a sentence and of the space before it. No token goes over a space, so those of a text are the sum. */
function spacedTokens(sentence: string): number {
  return countTokens(` ${sentence}`);
}

/** A text of at most `tokens` tokens, with the facts in their order at random places; null if not even the facts fit. Without `tokens`, the facts alone. */
export function hideFacts(
  facts: readonly string[],
  { sentences, sums }: Background,
  tokens: number | null,
  random: Random,
) {
  const spent = facts.reduce((sum, fact) => sum + spacedTokens(fact), 0);
  const start = random.below(sentences.length);
  const count = tokens === null ? 0 : fittingCount(sums, start, tokens - spent);
  const places = facts.map(() => random.below(count + 1)).toSorted((a, b) => a - b);
  const parts: string[] = [];
  let next = 0;
  for (let i = 0; i <= count; i += 1) {
    while (places[next] === i) parts.push(facts[next++]!);
    if (i < count) parts.push(sentences[(start + i) % sentences.length]!);
  }
  const [first = ""] = parts;
  const contextTokens = spent + tokensFrom(sums, start, count) - spacedTokens(first) + countTokens(first);
  return tokens !== null && contextTokens > tokens ? null : { context: parts.join(" "), contextTokens };
}

/** The tokens of `count` sentences from a place on, over the book's end to its front. */
function tokensFrom(sums: Float64Array, start: number, count: number): number {
  const length = sums.length - 1;
  const rounds = Math.floor(count / length);
  const end = start + (count % length);
  const rest = end <= length ? sums[end]! - sums[start]! : sums[length]! - sums[start]! + sums[end - length]!;
  return rounds * sums[length]! + rest;
}

/** The most sentences that fit. The first one, without a space before it, may cost a token more: one is kept free. */
function fittingCount(sums: Float64Array, start: number, tokens: number): number {
  const length = sums.length - 1;
  let low = 0;
  let high = Math.max(0, Math.ceil(tokens / sums[length]!)) * length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tokensFrom(sums, start, middle) <= tokens - 1) low = middle;
    else high = middle - 1;
  }
  return low;
}
