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
/** Of a text that is nothing but short lines, the rest is not read. */
const [FEWEST_READ, CHARS_A_LINE] = [1000, 16];
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
    const findings = linesOf(prompt, start, choices);
    if (ASKS_FOR_NO_ANSWER.test(prompt))
      return { findings, answer: (lines) => notesOn(lines, choices) || "Nothing to note." };
    const before = Array.from(prompt.slice(start).matchAll(ANSWERED)).at(-1)?.[1];
    return { findings, answer: (lines) => answerOf(bestChoice(lines, choices) ?? before) };
  },
};

function linesOf(prompt: string, start: number, choices: Choices): Finding<Line>[] {
  const known = new KnownWords(choices);
  const found: Finding<Line>[] = [];
  let left = FEWEST_READ + prompt.length / CHARS_A_LINE;
  LINE.lastIndex = start;
  for (let match = LINE.exec(prompt); match !== null && left > 0; match = LINE.exec(prompt)) {
    const { 0: line, index } = match;
    left -= 1;
    const held = known.heldBy(line);
    if (held !== null) found.push({ position: index / prompt.length, value: { text: line.trim(), held } });
  }
  return found;
}

/** The words of the choices. Most lines of a text hold none of them. */
class KnownWords {
  readonly #words = new Map<string, { readonly letters: readonly string[]; foundIn: number }>();
  #lines = 0;

  constructor(choices: Choices) {
    for (const word of new Set(Array.from(choices.values(), (words) => [...words]).flat())) {
      const letters = [...choices.keys()].filter((letter) => choices.get(letter)!.has(word));
      this.#words.set(word, { letters, foundIn: 0 });
    }
  }

  /** How many words of each choice a line holds, in the order of the choices; null if it holds none. */
  heldBy(line: string): Map<string, number> | null {
    this.#lines += 1;
    let held: Map<string, number> | null = null;
    for (const written of line.toLowerCase().match(WORD) ?? []) {
      const word = this.#words.get(written);
      if (word === undefined || word.foundIn === this.#lines) continue;
      word.foundIn = this.#lines;
      held ??= new Map();
      for (const letter of word.letters) held.set(letter, (held.get(letter) ?? 0) + 1);
    }
    return held;
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
