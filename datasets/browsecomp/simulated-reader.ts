/**
 * How the simulated model reads documents in free text, of which it understands nothing: it notes those that share the most words with
 * the question, and answers with the title of the first of them. It shows how strategies move text, not what they find.
 */
import type { Finding, Reading, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { formedAnswer } from "./answer-form.ts";

interface Noted {
  readonly docid: string;
  readonly title: string;
  readonly shared: number;
}

const QUESTION = /([^\n]+)\n\nAnswer in this form:/;
const DOCUMENT_START = /^docid: (.+)$/m;
const NOTE = /^\[(.+?)\] (.*) \(shares (\d+) words\)$/gm;
const ASKS_FOR_NO_ANSWER = /\bdo not answer\b/i;
/** Documents noted of one prompt. */
const MOST_NOTES = 5;

export const browseCompReader: SliceReader<Noted> = {
  name: "browsecomp",
  read(prompt): Reading<Noted> | null {
    const question = QUESTION.exec(prompt)?.[1];
    if (question === undefined) return null;
    const words = new Set(question.toLowerCase().match(/\p{L}{5,}/gu) ?? []);
    const noted = Array.from(prompt.matchAll(NOTE), ([, docid = "", title = "", shared = "0"], i) => ({
      noted: { docid, title, shared: Number(shared) },
      start: i,
    }));
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
  return `[${docid}] ${title} (shares ${shared} words)`;
}

function answerFrom(best: Noted | undefined, words: number): string {
  if (!best) return "The documents given do not tell.";
  return formedAnswer(best.title, Math.round((100 * best.shared) / Math.max(1, words)), [best.docid]);
}
