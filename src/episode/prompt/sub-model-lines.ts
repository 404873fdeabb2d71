/** What system prompts say of the functions that reach sub-models, by what the environment has. */
import type { PromptFacts } from "./wording.ts";

/** What is said of a sub-model whose window is not known. */
const CHARS = 100_000;
/** Characters of a token of prose, on the safe side, and the share of a window that a prompt may fill. */
const CHARS_PER_TOKEN = 3;

/** Characters that one prompt of a sub-call may have, in a round number. */
export function readableChars({ subModel }: Pick<PromptFacts, "subModel">): number {
  const tokens = subModel?.windowTokens;
  if (tokens === undefined) return CHARS;
  const chars = tokens * CHARS_PER_TOKEN;
  const unit = chars >= 20_000 ? 10_000 : 1000;
  return Math.max(unit, Math.floor(chars / unit) * unit);
}

/** The lines of a list of functions, each with its newline; empty where there is no sub-model. */
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
