/**
 * How the simulated model reads a question of CodeQA: it finds the words of the choices in the lines of the text and takes
 * the choice that one line says most of. It knows no code and no gold; it is a crude reader of what anybody may read.
 */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";

const CHOICE = /^\(([A-D])\) (.+)$/gm;
const CLOSING = "Give your final answer in the form 'The correct answer is (X)'.";
const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** An answer given before, such as in the notes of earlier parts. */
const ANSWERED = /The correct answer is \(([A-D])\)/g;
/** Shorter words are in every text. */
const WORD = /[\p{L}_][\p{L}\p{N}_]{3,}/gu;
/** Of a longer line, pieces of so many characters. */
const LINE = /[^\n]{1,300}/g;
/** Fewer words of a choice, unless they are all of it, are found in any line. */
const NOTED_WORDS = 2;

type Choices = ReadonlyMap<string, ReadonlySet<string>>;

/** A line that holds words of choices: how many of each, by the choices' letters. */
interface Line {
  readonly text: string;
  readonly held: ReadonlyMap<string, number>;
}

/** Asked not to answer, it notes for each choice the line that says most of it; else it answers. */
export const codeQaReader: SliceReader<Line> = {
  name: "code-qa",
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
      // A line is short, and a choice may be long.
      const count = [...words].filter((word) => all.has(word)).length;
      if (count > 0) held.set(letter, count);
    }
    if (held.size > 0) yield { line: { text: line.trim(), held }, at: index };
  }
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(WORD));
}

/** The line that holds most of a choice's words, the first of several; null where none holds one. */
function bestLine(lines: readonly Line[], letter: string): Line | null {
  let best: Line | null = null;
  for (const line of lines) if ((line.held.get(letter) ?? 0) > (best?.held.get(letter) ?? 0)) best = line;
  return best;
}

/** The choice of which one line holds the greatest share; null where none is ahead. */
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
