/** The default wording, for models that follow instructions. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import { describeAnyContext, firstLook } from "./lazy-context.ts";
import { outputOf } from "../../block-output.ts";
import { remarkText } from "./remarks.ts";
import { subModelLines } from "./sub-model-lines.ts";
import type { PromptFacts, Wording } from "../../wording.ts";

const LOOK: Record<Dialect, string> = {
  repl: "You have not seen the context yet. Do not answer now. Write one ```repl block that prints the part of `context` that you need.",
  tool: `You have not seen the context yet, so do not answer now. Call ${REPL_TOOL} with code that looks at it, such as print(len(context), str(context)[:500]).`,
};

const EXAMPLE = "```repl\nprint(len(context), str(context)[:500])\n```";

const GO_ON: Record<Dialect, string> = {
  repl: "Go on with one ```repl block, or give the answer with FINAL(...).",
  tool: `Go on with a call of ${REPL_TOOL}, or give the answer with FINAL(...).`,
};

/** The wording of the style `default`. */
export const DEFAULT_WORDING: Wording = {
  systemPrompt: (facts) => defaultPromptWith(facts, act(facts)),

  // What to do now comes last: a small model takes what it reads last for what it has to answer.
  opening: ({ question, context, limits, dialect, hidesLength }) =>
    `${describeAnyContext(context, hidesLength)} You have ${limits.maxTurns} turns.\n\nQuestion: ${question}\n\n${firstLook(context, dialect, LOOK[dialect], hidesLength)}`,

  observation: ({ turn, maxTurns, dialect, results, skipped, remarks, isAnswered }) =>
    [
      ...outputOf(results, skipped),
      ...remarks.map((remark) => remarkText(remark, dialect)),
      `(turn ${turn}/${maxTurns}) ${isAnswered ? "Your answer was taken." : GO_ON[dialect]}`,
    ].join("\n\n"),

  remark: remarkText,
};

function act({ dialect, severalBlocks }: PromptFacts): string {
  if (dialect === "tool")
    return `, and you work on it with code. To run code, call the function ${REPL_TOOL} with it, once a turn, and wait for what it prints.`;
  return severalBlocks
    ? `, and you work on it with code. To run code, write it in \`\`\`repl blocks, such as:\n${EXAMPLE}\nThen stop and wait for what they print.`
    : `. Every message of yours is one block of Python and nothing else, such as:\n${EXAMPLE}\nThen you stop, and get what the block prints.`;
}

/** The system prompt. `acting` ends its second sentence, and says how to run code. */
export function defaultPromptWith(facts: PromptFacts, acting: string): string {
  return `You answer a question about a context that is too long to read. It is the variable \`context\` in a Python REPL that keeps its state between turns${acting}

In the REPL you have:
- \`context\`: a str, a list or a dict.
${subModelLines(facts)}- \`SHOW_VARS()\`: the variables that exist.
- \`answer["content"] = value\`, then \`answer["ready"] = True\`: gives your answer. \`FINAL(value)\` does both.
- Python's standard library; re, json, math, random and collections are imported. No network, no files of the host.

Only what you print, and the value of the last expression, comes back to you, and long output is cut in the middle. So look before you read: probe the type, the length and a small slice; search with code where the question allows it; otherwise cut the context into chunks, ask the sub-model about them in batches, keep the replies in variables, and combine them in code. Every token costs money: do not ask the same thing again, and when you have checked an answer once, give it.`;
}
