/** The lines of system prompts about the functions that call sub-models. */
import type { PromptFacts } from "./wording.ts";

/** The characters of a prompt for a sub-model whose window is unknown. */
const CHARS = 100_000;
/** A low estimate of characters per token of prose, so that a prompt leaves room in the window. */
const CHARS_PER_TOKEN = 3;

/** The most characters of one prompt of a sub-call, rounded down. */
export function readableChars({ subModel }: Pick<PromptFacts, "subModel">): number {
  const tokens = subModel?.windowTokens;
  if (tokens === undefined) return CHARS;
  const chars = tokens * CHARS_PER_TOKEN;
  const unit = chars >= 20_000 ? 10_000 : 1000;
  return Math.max(unit, Math.floor(chars / unit) * unit);
}

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
