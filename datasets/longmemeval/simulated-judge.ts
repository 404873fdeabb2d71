/** How the simulated model judges: by the gold's words. It stands in for a judge and does not measure one. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import type { Reference } from "../../src/types.ts";
import { lenientMatch } from "./scorer.ts";

/** The marks before the response, before the gold, and after it, as `judgeMessages` writes them. */
const RESPONSE = "\n[response]: ";
const GOLD = /\n\n\[(?:correct_answer|rubric|explanation)\]: /g;
const UNANSWERABLE = "\n\n[explanation]: ";
const END = "\n\nThe rule: ";

/** Reads what `judgeMessages` asks, and replies with yes or no. */
export const judgeReader: SliceReader = {
  name: "longmemeval-judge",
  read(prompt) {
    const asked = askedIn(prompt);
    if (asked === null) return null;
    const { response, gold, abstention } = asked;
    const reference: Reference = { taskId: "", answers: [gold], metadata: { abstention } };
    return { findings: [], answer: () => (lenientMatch(response, reference) === 1 ? "yes" : "no") };
  },
};

/** The response extends as far as possible: a response that contains these marks keeps them. */
function askedIn(prompt: string) {
  const from = prompt.indexOf(RESPONSE) + RESPONSE.length;
  const end = prompt.lastIndexOf(END);
  const mark = Array.from(prompt.slice(0, Math.max(end, 0)).matchAll(GOLD)).at(-1);
  if (from < RESPONSE.length || mark === undefined || mark.index < from) return null;
  return {
    response: prompt.slice(from, mark.index),
    gold: prompt.slice(mark.index + mark[0].length, end),
    abstention: mark[0] === UNANSWERABLE,
  };
}
