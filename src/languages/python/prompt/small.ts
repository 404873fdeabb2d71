/** A wording for small models: short sentences and one right example. Each message ends with what to write next. */
import { REPL_TOOL } from "../native-tool.ts";
import type { Dialect } from "../../../types.ts";
import { describeAnyContext, firstLook } from "./lazy-context.ts";
import { outputOf } from "../../block-output.ts";
import { remarkText } from "./remarks.ts";
import { readableChars } from "../../readable-chars.ts";
import type { PromptFacts, Wording } from "../../wording.ts";

const ACT: Record<Dialect, string> = {
  repl: `Every message of yours is one block of Python and nothing else, such as:
\`\`\`repl
print(str(context)[:500])
\`\`\`
Then you stop, and get what the block prints.`,
  tool: `Every message of yours is one call of the function ${REPL_TOOL} with Python code, such as print(str(context)[:500]). Then you get what the code prints.`,
};

export const LOOK: Record<Dialect, string> = {
  repl: "You have not seen the context yet. Do not answer now. Write one ```repl block that prints the part of `context` that you need.",
  tool: `You have not seen the context yet. Do not answer now. Call ${REPL_TOOL} with code that prints the part of \`context\` that you need.`,
};

const GO_ON: Record<Dialect, string> = {
  repl: "If you know the answer now, give it in a ```repl block with FINAL(value). If not, write one ```repl block that looks further.",
  tool: `If you know the answer now, call ${REPL_TOOL} with code that calls FINAL(value). If not, call it with code that looks further.`,
};

/** The wording of the style `small`. */
export const SMALL_WORDING: Wording = {
  systemPrompt: (facts) =>
    `You find the answer to a question in a long text with Python code. The text is in the variable \`context\`, which you do not see. ${ACT[facts.dialect]}

Your variables stay. These names exist already: context, re, json, math, collections, FINAL${subModelNames(facts)}.
Search \`context\` with re or with str methods.${subModelUse(facts)} FINAL(value) gives the answer and ends the work.`,

  opening: ({ question, context, limits, dialect, hidesLength }) =>
    `${describeAnyContext(context, hidesLength)} You have ${limits.maxTurns} turns.\n\nQuestion: ${question}\n\n${firstLook(context, dialect, LOOK[dialect], hidesLength)}`,

  observation: ({ turn, maxTurns, dialect, results, skipped, remarks, isAnswered }) =>
    [
      ...(results.length > 0 ? ["Output:"] : []),
      ...outputOf(results, skipped),
      ...remarks.map((remark) => remarkText(remark, dialect)),
      `(turn ${turn}/${maxTurns}) ${isAnswered ? "Your answer was taken." : GO_ON[dialect]}`,
    ].join("\n\n"),

  remark: remarkText,
};

function subModelNames({ subModel, hasChildren }: PromptFacts): string {
  if (subModel === null) return "";
  return `, llm_query, llm_query_batched${hasChildren ? ", rlm_query" : ""}`;
}

function subModelUse(facts: PromptFacts): string {
  if (facts.subModel === null) return "";
  const chars = readableChars(facts).toLocaleString("en-US");
  return ` \`reply = llm_query(prompt)\` asks a language model, which sees that prompt alone, of at most ${chars} characters; \`llm_query_batched(prompts)\` returns a list of replies.`;
}
