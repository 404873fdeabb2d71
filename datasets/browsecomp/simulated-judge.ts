/** How the simulated model judges: by the exact answer up to spelling, which is a stand-in for a judge and no measurement of one. */
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { confidenceOf, exactAnswer } from "./answer-form.ts";
import { exactMatch } from "./scorer.ts";

const ASKED = /\n\[response\]: ([^]*)\n\n\[correct_answer\]: ([^]*?)\n\nReply with these four lines/;

export const judgeReader: SliceReader = {
  name: "browsecomp-judge",
  read(prompt) {
    const [, response, gold] = ASKED.exec(prompt) ?? [];
    if (response === undefined || gold === undefined) return null;
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
