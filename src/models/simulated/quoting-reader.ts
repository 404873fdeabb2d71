/**
 * How a simulated model reads texts that belong to no benchmark: it quotes the sentence that shares the most words with the
 * question. It understands nothing. It shows how strategies move text, not what a model can find.
 */
import type { Finding, SliceReader } from "./slice-reader.ts";

/** The mark before the question, which a prompt needs for this reader. */
export const QUESTION_MARK = "Question: ";
/** The reply if the reader finds nothing. */
export const NOT_HERE = "not here";

const QUESTION = new RegExp(`^${QUESTION_MARK}(.+)$`, "m");
const WORD = /[\p{L}\p{N}]{3,}/gu;
/** Words of questions that say nothing about their subject. */
const COMMON = new Set(
  "and are did does for from had has have how its many much that the their there they this was were what when where which who whose why will with".split(
    " ",
  ),
);
/** The most sentences that are considered, and the share of the question's words that each must contain. */
const MOST = 5;
const ENOUGH = 0.4;

interface Quote {
  readonly text: string;
  readonly shared: number;
}

/** Quotes sentences for questions about any text. */
export const quotingReader: SliceReader<Quote> = {
  name: "quoting",
  read(prompt) {
    const question = QUESTION.exec(prompt);
    if (!question) return null;
    const words = wordsOf(question[1] ?? "");
    const start = question.index + question[0].length;
    return {
      findings: bestSentences(prompt, start, words),
      answer: (quotes) => quotes.reduce(better, NOTHING).text,
    };
  },
};

const NOTHING: Quote = { text: NOT_HERE, shared: 0 };

function better(one: Quote, other: Quote): Quote {
  return other.shared > one.shared ? other : one;
}

function bestSentences(prompt: string, start: number, words: ReadonlySet<string>): Finding<Quote>[] {
  const least = Math.max(1, Math.ceil(words.size * ENOUGH));
  const held = [...words];
  const shortest = held
    .map(({ length }) => length)
    .toSorted((a, b) => a - b)
    .slice(0, least);
  // The length of the fewest words that suffice: shorter sentences can be skipped.
  const leastChars = shortest.reduce((sum, length) => sum + length + 1, -1);
  let best: (Quote & { readonly at: number })[] = [];
  for (const { sentence, at } of sentencesOf(prompt.slice(start))) {
    if (sentence.length < leastChars) continue;
    const lower = sentence.toLowerCase();
    // Once enough sentences are found, a later one needs more words than the worst of them.
    const needed = Math.max(least, (best[MOST - 1]?.shared ?? 0) + 1);
    if (held.reduce((count, word) => count + Number(lower.includes(word)), 0) < needed) continue;
    const shared = new Set(lower.match(WORD)?.filter((word) => words.has(word))).size;
    if (shared < needed) continue;
    best = [...best, { text: sentence.trim(), shared, at }]
      .toSorted((a, b) => b.shared - a.shared)
      .slice(0, MOST);
  }
  return best
    .toSorted((a, b) => a.at - b.at)
    .map(({ text, shared, at }) => ({ value: { text, shared }, position: (start + at) / prompt.length }));
}

/** Splits a text into sentences. A sentence ends with a line, or with a mark before white space. */
function* sentencesOf(text: string): Generator<{ readonly sentence: string; readonly at: number }> {
  let start = -1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (start === -1) {
      if (!isSpace(char)) start = at;
    } else if (char === "\n") {
      yield { sentence: text.slice(start, at), at: start };
      start = -1;
    } else if (MARKS.has(char) && at + 1 < text.length && isSpace(text[at + 1]!)) {
      yield { sentence: text.slice(start, at + 1), at: start };
      start = -1;
    }
  }
  if (start !== -1) yield { sentence: text.slice(start), at: start };
}

const MARKS: ReadonlySet<string> = new Set(".!?");

function isSpace(char: string): boolean {
  return char === " " || char === "\n" || /\s/.test(char);
}

/** The words of a question that say something about its subject, in small letters. */
export function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set(words.filter((word) => !COMMON.has(word)));
}
