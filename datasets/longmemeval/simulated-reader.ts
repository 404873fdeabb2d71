/**
 * How the simulated model reads chats, which it does not understand: it quotes the sentence of a user or an assistant that shares
 * the most words with the question, and says that nothing is mentioned where none shares half of them.
 */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { NOT_MENTIONED } from "./scorer.ts";
import { readQuestion } from "./wording.ts";

const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** Longer sentences are cut into pieces of this many characters. */
const SENTENCE = /[^.!?\n]{1,300}[.!?]*/g;
const HEAD = /^(?:session|date): /;
const SPEAKER = /^(?:user|assistant): /;
const WORD = /[\p{L}\p{N}]{4,}/gu;
const SHORTEST_WORD = 4;
/** In chats a sentence has fifty characters. Of a text that is nothing but short ones, the rest is not read. */
const [FEWEST_READ, CHARS_A_SENTENCE] = [1000, 16];
/** Sentences noted of a prompt. */
const MOST_NOTES = 5;
/** The share of the question's words that an answer needs. */
const ENOUGH = 0.5;

interface Sentence {
  readonly text: string;
  readonly share: number;
}

/** If asked not to answer, it notes sentences; otherwise it answers with the best one. */
export const longMemEvalReader: SliceReader<Sentence> = {
  name: "longmemeval",
  read(prompt) {
    const asked = readQuestion(prompt);
    if (asked === null) return null;
    const words = wordsOf(asked.question);
    const findings: Finding<Sentence>[] = [];
    let left = FEWEST_READ + prompt.length / CHARS_A_SENTENCE;
    SENTENCE.lastIndex = asked.end;
    for (let match = SENTENCE.exec(prompt); match !== null && left > 0; match = SENTENCE.exec(prompt)) {
      const { 0: text, index } = match;
      left -= 1;
      if (text.length < SHORTEST_WORD) continue;
      const said = text.trim().replace(SPEAKER, "");
      const shared = HEAD.test(said) ? 0 : countShared(said, words);
      const value = { text: said, share: shared / Math.max(1, words.size) };
      if (shared > 0) findings.push({ position: index / prompt.length, value });
    }
    if (ASKS_FOR_NO_ANSWER.test(prompt.slice(0, asked.end)))
      return { findings, answer: (all) => noted(all) || "Nothing to note." };
    return { findings, answer: (all) => answered(best(all)[0]) };
  },
};

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(WORD));
}

/** How many of the words a text holds. */
function countShared(text: string, words: ReadonlySet<string>): number {
  const found =
    text
      .toLowerCase()
      .match(WORD)
      ?.filter((word) => words.has(word)) ?? [];
  return found.length < 2 ? found.length : new Set(found).size;
}

function best(sentences: readonly Sentence[]): Sentence[] {
  return sentences.toSorted((a, b) => b.share - a.share);
}

function noted(sentences: readonly Sentence[]): string {
  return best(sentences)
    .slice(0, MOST_NOTES)
    .map(({ text }) => text)
    .join("\n");
}

function answered(sentence: Sentence | undefined): string {
  return sentence && sentence.share >= ENOUGH ? sentence.text : NOT_MENTIONED;
}
