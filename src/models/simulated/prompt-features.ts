/**
 * What the simulated policy and the simulated reflecting model look for in a system prompt. The features are made up so that a
 * prompt search can be tried offline: they say nothing about what real models need.
 */
import { countTokens } from "../../cost/tokens.ts";

/** A prompt with more tokens is not short. */
export const SHORT_TOKENS = 300;

/** The features of a prompt, each with lines that give it to a prompt. */
export const PROMPT_FEATURES = {
  /** Says that `context` is a variable. */
  variable: [
    "The text is the variable `context` of a Python REPL.",
    "`context` is a variable that holds the whole text.",
    "You do not see the text: it is in the variable `context`.",
  ],
  /** Shows a block that runs. */
  block: [
    "Every message of yours is one block, such as:\n```repl\nprint(len(context))\n```",
    "Write one block and stop, for example:\n```repl\nprint(str(context)[:300])\n```",
    "Code goes into a fence:\n```python\nprint(type(context))\n```",
  ],
  /** Says to search before reading. */
  search: [
    "Search the text with re.findall before you read any of it.",
    "Do not read page by page: use re.search with words of the question.",
    "First search with a regular expression, then look at what it found.",
  ],
  /** Shows how to answer. */
  final: [
    "When you know the answer, give it with FINAL(value).",
    "End with FINAL(value); an answer in other words does not count.",
    "FINAL(value) gives the answer and ends the episode.",
  ],
} as const satisfies Record<string, readonly string[]>;

/** The name of a feature that a line of a prompt can give. */
export type PromptFeature = keyof typeof PROMPT_FEATURES;

export const FEATURE_NAMES = Object.keys(PROMPT_FEATURES) as readonly PromptFeature[];

const FOUND: Record<PromptFeature, (prompt: string) => boolean> = {
  variable: (prompt) => /\bvariable\s+`?context\b|\bcontext`?\s+is\s+a\s+(?:\w+\s+)?variable\b/i.test(prompt),
  block: (prompt) => /```(?:repl|python)\s*\n[^`]+```/.test(prompt),
  search: (prompt) =>
    /\bre\.(?:findall|finditer|search)\b|\bsearch\b[^.\n]{0,60}\bregular expression/i.test(prompt),
  final: (prompt) => /\bFINAL\(/.test(prompt),
};

/** Which features a system prompt has, and whether it is short enough to be followed. */
export function promptFeatures(prompt: string): {
  readonly has: Readonly<Record<PromptFeature, boolean>>;
  readonly isShort: boolean;
} {
  const has = Object.fromEntries(FEATURE_NAMES.map((name) => [name, FOUND[name](prompt)]));
  return { has: has as Record<PromptFeature, boolean>, isShort: countTokens(prompt) <= SHORT_TOKENS };
}
