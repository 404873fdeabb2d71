/**
 * How the simulated model reads transcripts of role-playing sessions: it takes every die roll and every spell that is announced
 * in one of a few phrases. It overlooks other wordings; it does not know the gold.
 */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";

const ROLL =
  /\b(?:natural|rolls? an?|rolled an?|that'?s an?|got an?|total of)\s+(\d{1,2})\b|\b(\d{1,2}) to hit\b/gi;
const SPELL = /\bcast(?:s|ing)? ((?:[A-Z][\w']+)(?: (?:of|the|from) [A-Z][\w']+| [A-Z][\w']+)*)/g;
const ABOUT_EVENTS = /\b(?:rolls?|spells?|cast)\b/i;

type Event = { readonly kind: "roll" | "spell"; readonly value: string };

/** Reads prompts that ask for rolls or spells; its answer is boxed, as the benchmark's are. */
export const oolongRealReader: SliceReader<Event> = {
  name: "oolong-real",
  read(prompt) {
    const question = questionIn(prompt);
    if (question === null) return null;
    const kind = /roll/i.test(question) ? ("roll" as const) : ("spell" as const);
    const findings = Array.from(prompt.matchAll(kind === "roll" ? ROLL : SPELL), (match) => ({
      position: match.index / prompt.length,
      value: { kind, value: match[1] ?? match[2] ?? "" },
    }));
    return { findings, answer: (events) => String.raw`\boxed{${answerOf(question, kind, events)}}` };
  },
};

/** The first question about rolls or spells, from the beginning of the sentence that names them to the question mark. */
function questionIn(prompt: string): string | null {
  for (const { 0: part, index } of prompt.matchAll(/[^?\n]+/g)) {
    if (prompt[index + part.length] !== "?") continue;
    const about = part.search(ABOUT_EVENTS);
    if (about === -1) continue;
    const start = Math.max(part.lastIndexOf(".", about), part.lastIndexOf("!", about)) + 1;
    return `${part.slice(start)}?`;
  }
  return null;
}

/** The first or the last value; a count, of the events with the value asked for if there is one; or the spells in their order. */
function answerOf(question: string, kind: Event["kind"], events: readonly Event[]): string {
  const values = events.map(({ value }) => value);
  if (/\bfirst\b/i.test(question)) return values[0] ?? "none";
  if (/\blast\b/i.test(question)) return values.at(-1) ?? "none";
  const wanted = kind === "roll" ? /(?<!\bepisodes? )\b(\d{1,2})\b/i.exec(question)?.[1] : undefined;
  const counted = wanted === undefined ? values : values.filter((value) => value === wanted);
  if (kind === "roll" || /how many|number of/i.test(question)) return String(counted.length);
  return [...new Set(values)].join(", ");
}
