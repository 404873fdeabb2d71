/**
 * How the simulated model reads a question of LongBench-v2: it looks for the words of the choices in the lines of the text and takes
 * the choice that one line matches best. It understands nothing of the text and knows no gold; it reads crudely what anybody may read.
 */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";

const CHOICE = /^\(([A-D])\) (.+)$/gm;
const CLOSING = "Give your final answer in the form 'The correct answer is (X)'.";
const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** An answer given before, for example in the notes of earlier parts. */
const ANSWERED = /The correct answer is \(([A-D])\)/g;
/** Leaves out shorter words, which every text contains. */
const WORD = /[\p{L}_][\p{L}\p{N}_]{3,}/gu;
/** Longer lines are cut into pieces of this many characters. */
const LINE = /[^\n]{1,300}/g;
/** Any line contains fewer words of a choice than this by chance; a choice with fewer words needs all of them. */
const NOTED_WORDS = 2;

type Choices = ReadonlyMap<string, ReadonlySet<string>>;

/** A line that holds words of choices, with the number of words per choice letter. */
interface Line {
  readonly text: string;
  readonly held: ReadonlyMap<string, number>;
}

/** If asked not to answer, it notes for each choice the line that matches it best; otherwise it answers. */
export const choiceReader: SliceReader<Line> = {
  name: "longbench-v2",
  read(prompt) {
    const end = prompt.lastIndexOf(CLOSING);
    const found = Array.from(prompt.slice(0, Math.max(end, 0)).matchAll(CHOICE)).slice(-4);
    if (found.length < 4) return null;
    const choices = new Map(found.map(([, letter = "", text = ""]) => [letter, wordsOf(text)]));
    const start = end + CLOSING.length;
    const text = prompt.slice(start);
    const findings = Array.from(linesOf(text, choices), ({ line, at }): Finding<Line> => {
      return { position: (start + at) / prompt.length, value: line };
    });
    if (ASKS_FOR_NO_ANSWER.test(prompt))
      return { findings, answer: (lines) => notesOn(lines, choices) || "Nothing to note." };
    const before = Array.from(text.matchAll(ANSWERED)).at(-1)?.[1];
    return { findings, answer: (lines) => answerOf(bestChoice(lines, choices) ?? before) };
  },
};

function* linesOf(text: string, choices: Choices): Generator<{ line: Line; at: number }> {
  for (const { 0: line, index } of text.matchAll(LINE)) {
    const words = wordsOf(line);
    const held = new Map<string, number>();
    for (const [letter, all] of choices) {
      // Loops over the words of the line, because a line is short and a choice may be long.
      const count = [...words].filter((word) => all.has(word)).length;
      if (count > 0) held.set(letter, count);
    }
    if (held.size > 0) yield { line: { text: line.trim(), held }, at: index };
  }
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(WORD));
}

/** The line that holds most of a choice's words, the first of several; null if none holds any. */
function bestLine(lines: readonly Line[], letter: string): Line | null {
  let best: Line | null = null;
  for (const line of lines) if ((line.held.get(letter) ?? 0) > (best?.held.get(letter) ?? 0)) best = line;
  return best;
}

/** The choice of which one line holds the greatest share; null if no choice is ahead. */
function bestChoice(lines: readonly Line[], choices: Choices): string | null {
  const shares = Array.from(choices, ([letter, all]) => ({
    letter,
    share: (bestLine(lines, letter)?.held.get(letter) ?? 0) / Math.max(1, all.size),
  })).toSorted((a, b) => b.share - a.share);
  const [first, second] = shares;
  return first && first.share > (second?.share ?? 0) ? first.letter : null;
}

function answerOf(letter: string | null | undefined): string {
  return letter ? `The correct answer is (${letter})` : "The text does not tell which choice is right.";
}

function notesOn(lines: readonly Line[], choices: Choices): string {
  const noted = Array.from(choices, ([letter, all]) => {
    const line = bestLine(lines, letter);
    return line && line.held.get(letter)! >= Math.min(NOTED_WORDS, all.size) ? line.text : null;
  });
  return [...new Set(noted.filter((text) => text !== null))].join("\n");
}
