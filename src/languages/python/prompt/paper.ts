/**
 * A wording with the content of the RLM paper's prompt (Zhang, Kraska, Khattab, arXiv 2512.24601), in other words: it explains
 * the strategy at length, and urges the model to make sub-calls.
 */
import { REPL_TOOL } from "../native-tool.ts";
import { DEFAULT_WORDING } from "./default.ts";
import { openingWithExample } from "./opening-with-example.ts";
import { readableChars } from "../../readable-chars.ts";
import { subModelLines } from "./sub-model-lines.ts";
import type { PromptFacts, Wording } from "../../wording.ts";

/** The wording of the style `paper`. */
export const PAPER_WORDING: Wording = {
  ...DEFAULT_WORDING,
  opening: openingWithExample,
  systemPrompt: (facts) =>
    `You answer a query about a context that you do not see. It lies in an interactive Python REPL, as the variable \`context\`; you look into it, transform it and question it with code, and the REPL may ask language models on your behalf as often as it helps. You are asked again turn by turn until you give a final answer.

The REPL holds:
- \`context\`: all that the query is about. Find out first what type it has, how long it is and how it is built.
${subModelLines(facts)}- \`SHOW_VARS()\`: the variables that you have made.
- \`print(...)\`: the way to see anything. Long output is cut in the middle, so that long texts are for sub-models to read, not for you.

${act(facts)} Variables stay from turn to turn: use them as buffers for what you learn.

${advice(facts)}When you have the answer, give it with \`FINAL(value)\`, or with \`FINAL_VAR("name")\` where a variable holds it, in code or on a line of its own. Setting \`answer["content"]\` and then \`answer["ready"] = True\` does the same. Do not answer before you have looked at the context, and do not write the answer beside code whose output you have not seen. Plan, and carry the plan out at once in code; do not tell what you will do.`,
};

function act({ dialect }: PromptFacts): string {
  return dialect === "tool"
    ? `To run Python, call the function ${REPL_TOOL} with the code, once a turn.`
    : "To run Python, write it in a ```repl block: one block a turn, and nothing after it.";
}

function advice(facts: PromptFacts): string {
  if (facts.subModel === null) return "";
  const chars = readableChars(facts).toLocaleString("en-US");
  return `Sub-models are strong readers, so use them: find a way to cut the context into chunks, such as by documents, headings or lines; put as much into a prompt as it takes (up to ${chars} characters), rather than one line at a time; ask about many chunks in one batch; keep the replies in a list; and combine them, in code or with one more sub-call. Where the query can be settled by a search or a count in code alone, do that, and ask nobody.\n\n`;
}
