/** How the simulated model reads BABILong: it finds the sentences that state facts, and reasons over those that it saw. */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { answerFrom } from "./answer.ts";
import { factsIn } from "./facts.ts";
import { NUMBERS } from "./labels.ts";
import { readQuestion, zeroOf } from "./questions.ts";

/** Asks for a part's facts; the answer has one a line. */
export const LIST_FACTS =
  "List every sentence of the text below that says where a person or a place is, or who took, dropped, carried or gave something, in their order, each on a line of its own.";
/** Answers if there is none. */
export const NO_FACT = "There is no such sentence.";
/** Answers a question that the facts leave open. */
const UNKNOWN = "The facts do not tell.";

/** A model's patience. */
const MOST_FINDINGS = 5_000;

/** Reads prompts with a question about facts, or with the instruction to list them. */
export const babilongReader: SliceReader<string> = {
  name: "babilong",
  read(prompt) {
    const lists = prompt.includes(LIST_FACTS);
    const question = lists ? null : readQuestion(prompt);
    if (!lists && question === null) return null;
    const findings: Finding<string>[] = [];
    for (const { sentence, at } of factsIn(prompt)) {
      findings.push({ position: at / prompt.length, value: sentence });
      if (findings.length === MOST_FINDINGS) break;
    }
    return {
      findings,
      answer: (sentences) => {
        if (question === null) return sentences.join("\n") || NO_FACT;
        const facts = Array.from(factsIn(sentences.join("\n")), ({ fact }) => fact);
        return answerFrom(facts, question, [zeroOf(prompt), ...NUMBERS.slice(1)]) ?? UNKNOWN;
      },
    };
  },
};
