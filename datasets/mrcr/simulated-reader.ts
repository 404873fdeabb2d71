/** How the simulated model reads MRCR: it finds the exchanges whose request is asked for, and copies one reply or all of them. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { readQuestion, requestWords } from "./wording.ts";

/** Begins an instruction that is answered with all replies to a request in order, each between the two marks. */
export const COPY_ALL = "Copy, in their order, all replies to this request: ";
/** Stand around each copied reply. */
export const REPLY_MARKS = ["<reply>", "</reply>"] as const;
/** Answers the instruction if there is no such reply. */
export const NO_REPLY = "There is no such reply.";

const ASKED_FOR_ALL = new RegExp(`${COPY_ALL}([^\\n]*)`);
const REQUEST = /(?:^|\n)User: ?([^\n]*)\n+Assistant: ?/g;
const NEXT_TURN = "\n\nUser:";

/** Reads prompts with MRCR's last question, or with the instruction to copy all replies. */
export const mrcrReader: SliceReader<string> = {
  name: "mrcr",
  read(prompt) {
    const all = ASKED_FOR_ALL.exec(prompt)?.[1];
    const asked = all === undefined ? readQuestion(prompt) : null;
    const wanted = all ?? asked?.wanted;
    if (wanted === undefined) return null;
    const findings = repliesTo(requestWords(wanted), prompt);
    if (asked === null) return { findings, answer: copied };
    return {
      findings,
      answer: (replies) => asked.prefix + (replies[asked.ordinal - 1] ?? replies.at(-1) ?? ""),
    };
  },
};

function repliesTo(wanted: string, prompt: string) {
  return Array.from(prompt.matchAll(REQUEST)).flatMap(({ 0: opening, 1: request = "", index }) => {
    if (requestWords(request) !== wanted) return [];
    const start = index + opening.length;
    const end = prompt.indexOf(NEXT_TURN, start);
    const reply = prompt.slice(start, end < 0 ? prompt.length : end).trim();
    return [{ position: index / prompt.length, value: reply }];
  });
}

function copied(replies: readonly string[]): string {
  const [open, close] = REPLY_MARKS;
  return replies.length === 0 ? NO_REPLY : replies.map((reply) => `${open}${reply}${close}`).join("\n");
}
