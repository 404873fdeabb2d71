/** How the simulated model judges: by the exact answer up to spelling. It stands in for a judge and does not measure one. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { confidenceOf, exactAnswer } from "./answer-form.ts";
import { exactMatch } from "./scorer.ts";

/** The marks before the response, before the gold, and after it, as `judgeMessages` writes them. */
const RESPONSE = "\n[response]: ";
const GOLD = "\n\n[correct_answer]: ";
const END = "\n\nReply with these four lines";

/** Reads what `judgeMessages` asks, and replies in those four lines. */
export const judgeReader: SliceReader = {
  name: "browsecomp-judge",
  read(prompt) {
    const asked = askedIn(prompt);
    if (asked === null) return null;
    const { response, gold } = asked;
    const isCorrect = exactMatch(response, { taskId: "", answers: gold.split(" (or) "), metadata: {} }) === 1;
    const answer = exactAnswer(response).split("\n")[0] || "None";
    const confidence = Math.round((confidenceOf(response) ?? 1) * 100);
    return {
      findings: [],
      answer: () =>
        `extracted_final_answer: ${answer}\nreasoning: the words are ${isCorrect ? "the same" : "others"}.\ncorrect: ${isCorrect ? "yes" : "no"}\nconfidence: ${confidence}`,
    };
  },
};

/** The response extends as far as possible: a response that contains these marks keeps them. */
function askedIn(prompt: string): { readonly response: string; readonly gold: string } | null {
  const from = prompt.indexOf(RESPONSE) + RESPONSE.length;
  const goldAt = prompt.lastIndexOf(GOLD, prompt.lastIndexOf(END) - GOLD.length);
  if (from < RESPONSE.length || goldAt < from) return null;
  const goldFrom = goldAt + GOLD.length;
  return {
    response: prompt.slice(from, goldAt),
    gold: prompt.slice(goldFrom, prompt.indexOf(END, goldFrom)),
  };
}
