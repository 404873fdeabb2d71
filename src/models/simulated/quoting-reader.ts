/**
 * How a simulated model reads texts of no benchmark: it quotes the sentence that shares the most words with the question. It
 * understands nothing; it shows how strategies move text about, not what a model can find.
 */
import type { Finding, SliceReader } from "./slice-reader.ts";

/** What a prompt must hold for this reader, and what the reader says where it finds nothing. */
export const QUESTION_MARK = "Question: ";
export const NOT_HERE = "not here";

const QUESTION = new RegExp(`^${QUESTION_MARK}(.+)$`, "m");
const WORD = /[\p{L}\p{N}]{3,}/gu;
/** Words of questions that tell nothing of what is asked for. */
const COMMON = new Set(
  "and are did does for from had has have how its many much that the their there they this was were what when where which who whose why will with".split(
    " ",
  ),
);
/** A sentence ends with a line, or with a mark that white space follows. */
const SENTENCE = /[^\s][^\n]*?(?:[.!?](?=\s)|(?=\n)|$)/gu;
/** Sentences that are considered, and the share of the question's words that one must hold. */
const MOST = 5;
const ENOUGH = 0.4;

interface Quote {
  readonly text: string;
  readonly shared: number;
}

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
  let best: (Quote & { readonly at: number })[] = [];
  for (const match of prompt.slice(start).matchAll(SENTENCE)) {
    const text = match[0].trim();
    const shared = [...wordsOf(text)].filter((word) => words.has(word)).length;
    if (shared < least) continue;
    best = [...best, { text, shared, at: match.index }]
      .toSorted((a, b) => b.shared - a.shared)
      .slice(0, MOST);
  }
  return best
    .toSorted((a, b) => a.at - b.at)
    .map(({ text, shared, at }) => ({ value: { text, shared }, position: (start + at) / prompt.length }));
}

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set(words.filter((word) => !COMMON.has(word)));
}
