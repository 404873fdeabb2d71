/** How the simulated model reads RULER's texts without needles: it follows assignments, counts words, and quotes documents. */
import { quotingReader } from "../../src/models/simulated/quoting-reader.ts";
import type { Finding, Reading, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { CODED_QUESTION, COMMON_QUESTION, readRulerQuestion } from "./questions.ts";

/** Asks for a part's assignments; the answer is its lines. */
export const LIST_ASSIGNMENTS =
  "List every assignment to a variable in the text below, each on a line of its own.";
/** Asks how often the words of a part of a numbered list occur; the answer has lines `word: 3`. */
export const COUNT_LISTED =
  "Count how often each word occurs in the numbered list below, and write those that occur most often as lines of word: count.";
/** The same for coded words. */
export const COUNT_CODED =
  "Count how often each word occurs in the coded text below, and write those that occur most often as lines of word: count.";
/** Answers if there is nothing of what was asked for. */
export const NONE_HERE = "There is none.";
/** Begins an answer that names variables; a later part is read with it. */
const VALUED = "Variables with the value ";

/** A model's patience: no reply rests on more than this. */
const MOST_FINDINGS = 20_000;
const MOST_COUNTED = 100;

const ASSIGNMENT = /VAR ([A-Z]{1,20}) = (?:VAR )?([A-Z]{1,20}|\d{1,20})\b/g;
/** Notes on a part name few variables. */
const NOTED = /Variables with the value (\d{1,20}): ([A-Z]{1,20}(?:, [A-Z]{1,20}){0,50})/g;
const LISTED = /(?<=^|\s)\d{1,9}\. (\S{1,60})/g;
const CODED = /(?<=^|\s)[a-z]{6}(?=\s|$)/g;

/** Reads prompts with a question of RULER, or with one of the instructions above. */
export const rulerReader: SliceReader<string> = {
  name: "ruler",
  read(prompt) {
    if (prompt.includes(LIST_ASSIGNMENTS))
      return { findings: assignmentsIn(prompt), answer: (lines) => lines.join("\n") || NONE_HERE };
    for (const [instruction, pattern] of COUNTS) {
      const at = prompt.indexOf(instruction);
      if (at >= 0) return counting(prompt, at + instruction.length, pattern, writeCounts);
    }
    const asked = readRulerQuestion(prompt);
    if (asked === null || asked.kind === "qa") return null;
    if (asked.kind === "vt")
      return { findings: assignmentsIn(prompt), answer: (lines) => follow(lines, asked.value) };
    const [question, pattern, most] = MOST_COMMON[asked.kind];
    return counting(
      prompt,
      prompt.indexOf(question) + question.length,
      pattern,
      (counts) =>
        counts
          .slice(0, most)
          .map(([word]) => word)
          .join(", ") || NONE_HERE,
    );
  },
};

const COUNTS = [
  [COUNT_LISTED, LISTED],
  [COUNT_CODED, CODED],
] as const;
const MOST_COMMON = {
  cwe: [COMMON_QUESTION, LISTED, 10],
  fwe: [CODED_QUESTION, CODED, 3],
} as const;

/** What it finds are assignments, and those of notes about parts before. */
function assignmentsIn(prompt: string): Finding<string>[] {
  const findings: Finding<string>[] = [];
  for (const { line, at } of linesIn(prompt)) {
    // The question's own examples are no assignments.
    if (!EXAMPLES.has(line)) findings.push({ position: at / prompt.length, value: line });
    if (findings.length === MOST_FINDINGS) break;
  }
  return findings;
}

function* linesIn(prompt: string): Generator<{ line: string; at: number }> {
  for (const { 1: value, 2: names, index: at } of prompt.matchAll(NOTED))
    for (const name of names!.split(", ")) yield { line: `VAR ${name} = ${value}`, at };
  for (const { 0: line, index: at } of prompt.matchAll(ASSIGNMENT)) yield { line, at };
}

const EXAMPLES: ReadonlySet<string> = new Set(["VAR A = 12345", "VAR B = VAR A"]);

/** The names that get the value, over the assignments that were seen. */
function follow(lines: readonly string[], value: string): string {
  const targets = new Map<string, string[]>();
  for (const line of new Set(lines)) {
    const [[, name = "", source = ""] = []] = line.matchAll(ASSIGNMENT);
    const known = targets.get(source);
    if (known) known.push(name);
    else targets.set(source, [name]);
  }
  const reached = new Set([value]);
  for (const source of reached) for (const name of targets.get(source) ?? []) reached.add(name);
  reached.delete(value);
  return reached.size === 0 ? NONE_HERE : `${VALUED}${value}: ${[...reached].join(", ")}`;
}

type Counts = readonly (readonly [word: string, count: number])[];

function counting(
  prompt: string,
  start: number,
  pattern: RegExp,
  answer: (counts: Counts) => string,
): Reading<string> {
  const findings: Finding<string>[] = [];
  for (const { 0: all, 1: word = all, index } of prompt.slice(start).matchAll(pattern)) {
    findings.push({ position: (start + index) / prompt.length, value: word });
    if (findings.length === MOST_FINDINGS) break;
  }
  return { findings, answer: (words) => answer(countsOf(words)) };
}

function countsOf(words: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

function writeCounts(counts: Counts): string {
  const lines = counts.slice(0, MOST_COUNTED).map(([word, count]) => `${word}: ${count}`);
  return lines.join("\n") || NONE_HERE;
}

/** The most characters of an answer that is quoted. */
const MOST_QUOTED = 60;
const WORD = /[\p{L}\p{N}'’-]+/gu;

/** Answers questions over documents with what stands in the best sentence beside the question's own words. It understands nothing. */
export const documentsReader: typeof quotingReader = {
  name: "ruler documents",
  read(prompt) {
    const asked = readRulerQuestion(prompt);
    if (asked?.kind !== "qa") return null;
    const reading = quotingReader.read(
      prompt.slice(prompt.indexOf(`Question: ${asked.question}`)).replace(/^/, "\n"),
    );
    if (reading === null) return null;
    const own = new Set(asked.question.toLowerCase().match(WORD));
    return { findings: reading.findings, answer: (values) => besides(own, reading.answer(values)) };
  },
};

/** The longest stretch of a sentence without words of the question. */
function besides(own: ReadonlySet<string>, sentence: string): string {
  let best = "";
  let start = 0;
  const consider = (end: number) => {
    const stretch = sentence.slice(start, end).trim();
    if (stretch.length > best.length) best = stretch;
  };
  for (const { 0: word, index } of sentence.matchAll(WORD)) {
    if (!own.has(word.toLowerCase())) continue;
    consider(index);
    start = index + word.length;
  }
  consider(sentence.length);
  return best.slice(0, MOST_QUOTED);
}
