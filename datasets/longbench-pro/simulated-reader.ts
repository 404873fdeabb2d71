/**
 * How the simulated model reads LongBench-Pro: it takes the lines of the text that share the most words with the question, of Chinese
 * the most pairs of characters. It understands neither; it shows how strategies move text, not what they find.
 */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { partsOf } from "./wording.ts";

const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** Longer lines are cut into pieces of this many characters. */
const LINE = /[^\n]{1,300}/g;
const WORD = /\p{Script=Han}+|[\p{L}\p{N}_]{4,}/gu;
const HAN = /^\p{Script=Han}/u;
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
    const asked = termsOf(question);
    const findings = Array.from(prompt.slice(start).matchAll(LINE)).flatMap(({ 0: line, index }) => {
      const shared = [...termsOf(line)].filter((term) => asked.has(term)).length;
      const position = (start + index) / prompt.length;
      return shared === 0 ? [] : [{ position, value: { text: line.trim(), shared } }];
    });
    if (ASKS_FOR_NO_ANSWER.test(prompt.slice(0, start)))
      return { findings, answer: (lines) => noted(lines) || "Nothing to note." };
    return { findings, answer: (lines) => answered(best(lines)[0]) };
  },
};

/** Longer words, and pairs of Chinese characters. */
function termsOf(text: string): Set<string> {
  const terms = (text.toLowerCase().match(WORD) ?? []).flatMap((word) => {
    if (!HAN.test(word)) return [word];
    const characters = Array.from(word);
    return characters.slice(1).map((character, i) => characters[i]! + character);
  });
  return new Set(terms);
}

function best(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) => b.shared - a.shared);
}

/** The best lines in their order in the text. */
function noted(lines: readonly Line[]): string {
  const kept = new Set(best(lines).slice(0, MOST_NOTES));
  return lines.flatMap((line) => (kept.has(line) ? [line.text] : [])).join("\n");
}

function answered(line: Line | undefined): string {
  return line ? `[Answer]\n${line.text}` : "The text does not tell.";
}
