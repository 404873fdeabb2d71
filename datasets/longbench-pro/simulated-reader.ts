/**
 * How the simulated model reads LongBench-Pro: it takes the lines of the text that share the most words with the question, of Chinese
 * the most pairs of characters. It understands neither; it shows how strategies move text, not what they find.
 */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { partsOf } from "./wording.ts";

const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** Longer lines are cut into pieces of this many characters. */
const LINE = /[^\n]{1,300}/g;
const WORD = /\p{Script=Han}+|[\p{L}\p{N}_]{4,}/gu;
const HAN = /^\p{Script=Han}/u;
/** Of a text that is nothing but short lines, the rest is not read. */
const [FEWEST_READ, CHARS_A_LINE] = [1000, 16];
/** Lines noted of a prompt. */
const MOST_NOTES = 5;

interface Line {
  readonly text: string;
  readonly shared: number;
}

/** If asked not to answer, it notes lines; otherwise it answers with the best one. */
export const longBenchProReader: SliceReader<Line> = {
  name: "longbench-pro",
  read(prompt) {
    const parts = partsOf(prompt);
    if (parts === null) return null;
    const { question, start } = parts;
    const asked = new Terms(question);
    const findings: Finding<Line>[] = [];
    let left = FEWEST_READ + prompt.length / CHARS_A_LINE;
    LINE.lastIndex = start;
    for (let match = LINE.exec(prompt); match !== null && left > 0; match = LINE.exec(prompt)) {
      const { 0: line, index } = match;
      left -= 1;
      const shared = asked.sharedWith(line);
      if (shared > 0)
        findings.push({ position: index / prompt.length, value: { text: line.trim(), shared } });
    }
    if (ASKS_FOR_NO_ANSWER.test(prompt.slice(0, start)))
      return { findings, answer: (lines) => noted(lines) || "Nothing to note." };
    return { findings, answer: (lines) => answered(best(lines, 1)[0]) };
  },
};

/** Longer words and pairs of Chinese characters, each with a number. */
class Terms {
  readonly #words = new Map<string, number>();
  /** By the first character of a pair and the second. */
  readonly #pairs = new Map<number, Map<number, number>>();
  /** The last line in which each term was found. */
  readonly #foundIn: number[] = [];
  #lines = 0;

  constructor(text: string) {
    this.#read(text, true);
  }

  /** How many of the terms a line holds. */
  sharedWith(line: string): number {
    this.#lines += 1;
    return this.#read(line, false);
  }

  /** Learns the terms of a text, or counts those that are known. */
  #read(text: string, isNew: boolean): number {
    let shared = 0;
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      if (!HAN.test(word)) {
        if (isNew) this.#words.set(word, this.#words.get(word) ?? this.#foundIn.push(0) - 1);
        else shared += this.#count(this.#words.get(word));
        continue;
      }
      let before = word.codePointAt(0)!;
      for (let i = before > 0xffff ? 2 : 1; i < word.length; i += before > 0xffff ? 2 : 1) {
        const code = word.codePointAt(i)!;
        const seconds = this.#pairs.get(before);
        if (!isNew) shared += this.#count(seconds?.get(code));
        else if (!seconds) this.#pairs.set(before, new Map([[code, this.#foundIn.push(0) - 1]]));
        else if (!seconds.has(code)) seconds.set(code, this.#foundIn.push(0) - 1);
        before = code;
      }
    }
    return shared;
  }

  /** 1 for a term that the line has not held before. */
  #count(term: number | undefined): number {
    if (term === undefined || this.#foundIn[term] === this.#lines) return 0;
    this.#foundIn[term] = this.#lines;
    return 1;
  }
}

/** The best lines, of equal ones the first. */
function best(lines: readonly Line[], count: number): Line[] {
  const kept: Line[] = [];
  for (const line of lines) {
    if (kept.length === count && line.shared <= kept[count - 1]!.shared) continue;
    const place = kept.findIndex(({ shared }) => shared < line.shared);
    kept.splice(place < 0 ? kept.length : place, 0, line);
    kept.length = Math.min(kept.length, count);
  }
  return kept;
}

/** The best lines in their order in the text. */
function noted(lines: readonly Line[]): string {
  const kept = new Set(best(lines, MOST_NOTES));
  return lines.flatMap((line) => (kept.has(line) ? [line.text] : [])).join("\n");
}

function answered(line: Line | undefined): string {
  return line ? `[Answer]\n${line.text}` : "The text does not tell.";
}
