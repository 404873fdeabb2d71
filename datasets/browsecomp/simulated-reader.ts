/**
 * How the simulated model reads documents in free text, which it does not understand: it notes the documents that share the most
 * words with the question, and answers with the first one's title. It shows how strategies move text, not what they find.
 */
import type { Finding, Reading, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { formedAnswer } from "./answer-form.ts";

interface Noted {
  readonly docid: string;
  readonly title: string;
  readonly shared: number;
}

const AFTER_QUESTION = "\n\nAnswer in this form:";
const DOCUMENT_START = /^docid: (.+)$/m;
const NOTE_SHARES = " (shares ";
const NOTE_END = " words)";
const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** Documents noted per prompt. */
const MOST_NOTES = 5;

export const browseCompReader: SliceReader<Noted> = {
  name: "browsecomp",
  read(prompt): Reading<Noted> | null {
    const question = questionIn(prompt);
    if (question === null) return null;
    const words = new Set(question.toLowerCase().match(/\p{L}{5,}/gu) ?? []);
    const noted = prompt
      .split("\n")
      .flatMap((line) => readNote(line) ?? [])
      .map((note, start) => ({ noted: note, start }));
    const findings = [...noted, ...documentsIn(prompt, words)].map(
      ({ noted: value, start }): Finding<Noted> => ({
        value,
        position: start / prompt.length,
        clarity: 0.98,
      }),
    );
    const best = (all: readonly Noted[]) => all.toSorted((a, b) => b.shared - a.shared).slice(0, MOST_NOTES);
    if (ASKS_FOR_NO_ANSWER.test(prompt))
      return { findings, answer: (all) => best(all).map(write).join("\n") || "Nothing to note." };
    return { findings, answer: (all) => answerFrom(best(all)[0], words.size) };
  },
};

/** The line before the first answer form that has such a line. */
function questionIn(prompt: string): string | null {
  for (let end = prompt.indexOf(AFTER_QUESTION); end !== -1; end = prompt.indexOf(AFTER_QUESTION, end + 1)) {
    const start = prompt.lastIndexOf("\n", end - 1) + 1;
    if (start < end) return prompt.slice(start, end);
  }
  return null;
}

/** The inverse of `write`; null for any other line. */
function readNote(line: string): Noted | null {
  if (!line.startsWith("[") || !line.endsWith(NOTE_END)) return null;
  const docidEnd = line.indexOf("] ", 2);
  const titleEnd = line.lastIndexOf(NOTE_SHARES);
  const shared = line.slice(titleEnd + NOTE_SHARES.length, -NOTE_END.length);
  if (docidEnd === -1 || titleEnd < docidEnd + 2 || !/^\d+$/.test(shared)) return null;
  return {
    docid: line.slice(1, docidEnd),
    title: line.slice(docidEnd + 2, titleEnd),
    shared: Number(shared),
  };
}

function* documentsIn(
  prompt: string,
  words: ReadonlySet<string>,
): Generator<{ noted: Noted; start: number }> {
  let start = prompt.search(DOCUMENT_START);
  while (start !== -1) {
    const next = prompt.slice(start + 1).search(DOCUMENT_START);
    const end = next === -1 ? prompt.length : start + 1 + next;
    const text = prompt.slice(start, end);
    const shared = new Set((text.toLowerCase().match(/\p{L}{5,}/gu) ?? []).filter((word) => words.has(word)));
    const docid = DOCUMENT_START.exec(text)?.[1]?.trim() ?? "";
    const title = /^title: (.+)$/m.exec(text)?.[1] ?? text.split("\n")[2]?.slice(0, 100) ?? "";
    if (shared.size > 0) yield { noted: { docid, title: title.trim(), shared: shared.size }, start };
    start = next === -1 ? -1 : end;
  }
}

function write({ docid, title, shared }: Noted): string {
  return `[${docid}] ${title}${NOTE_SHARES}${shared}${NOTE_END}`;
}

function answerFrom(best: Noted | undefined, words: number): string {
  if (!best) return "The documents given do not tell.";
  return formedAnswer(best.title, Math.round((100 * best.shared) / Math.max(1, words)), [best.docid]);
}
