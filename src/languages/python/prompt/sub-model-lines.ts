/** The lines of system prompts about the functions that call sub-models. */
import { readableChars } from "../../readable-chars.ts";
import type { PromptFacts } from "../../wording.ts";

/** The functions as list items, each with a newline; empty if there is no sub-model. */
export function subModelLines(facts: PromptFacts): string {
  if (facts.subModel === null) return "";
  const chars = readableChars(facts).toLocaleString("en-US");
  const lines = [
    `- \`reply = llm_query(prompt)\`: asks a sub-model, which sees that prompt alone, up to ${chars} characters; the longer it is, the less reliable.`,
    "- `replies = llm_query_batched(prompts)`: many prompts in parallel, about 20 a batch.",
    ...(facts.hasChildren
      ? ["- `reply = rlm_query(prompt, context=part)`: hands a sub-task and its own context to a sub-agent."]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
