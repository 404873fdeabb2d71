/** What a policy is told of the JavaScript REPL. */
import type { ContextSummary } from "../../types.ts";
import { contextSize } from "../context-size.ts";
import { readableChars } from "../readable-chars.ts";
import type { PromptFacts } from "../wording.ts";
import type { LanguageWords } from "../words.ts";

/** The words of JavaScript. */
export const JAVASCRIPT_WORDS: LanguageWords = {
  where: "the variable `context`",
  describeContext,
  inTheRepl: (facts) => [
    "`context`: a string, an array or an object.",
    ...subModelLines(facts),
    "`SHOW_VARS()`: the variables that exist.",
    "`answer.content = value`, then `answer.ready = true`: gives your answer. `FINAL(value)` does both.",
    "What the language itself has: strings, regular expressions, JSON, Math, Map and Set. No modules, no network, no files, no timers. All calls are synchronous: no `await` is needed.",
  ],
  shown: "Only what you print with console.log, and the value of the last expression,",
  advice:
    "So look before you read: probe the type, the length and a small slice; search with code where the question allows it; otherwise cut the context into chunks, ask the sub-model about them in batches, keep the replies in variables, and combine them in code.",
  look: () => "console.log(context.length, String(context).slice(0, 500));",
  answer: "FINAL(...)",
  answerSet: {
    empty:
      "You set `answer` to an empty value. It is an object again: set answer.content, and then answer.ready = true.",
    kept: "You set `answer` to a value that is not an object; its text stands in answer.content now. To give it as your answer, set answer.ready = true.",
  },
};

function subModelLines(facts: PromptFacts): string[] {
  if (facts.subModel === null) return [];
  const chars = readableChars(facts).toLocaleString("en-US");
  return [
    `\`reply = llm_query(prompt)\`: asks a sub-model, which sees that prompt alone, up to ${chars} characters; the longer it is, the less reliable.`,
    "`replies = llm_query_batched(prompts)`: many prompts in parallel, about 20 a batch.",
    ...(facts.hasChildren
      ? [
          "`reply = rlm_query(prompt, { context: part })`: hands a sub-task and its own context to a sub-agent.",
        ]
      : []),
  ];
}

const TYPES: Readonly<Record<string, string>> = { int: "a number", float: "a number", bool: "a boolean" };

function describeContext(context: ContextSummary, hidesLength?: boolean): string {
  const { type, items } = context;
  const { size, count } = contextSize(context, hidesLength);
  if (type === "str") return `context is a string of ${size}.`;
  if (type === "bytes") return `context is a Uint8Array of ${size}.`;
  if (type === "None") return "context is null.";
  if (type === "dict") return `context is an object with ${count} keys, ${size} in all.`;
  if (type === "list") return `context is an array of ${count} ${itemsIn(items)}, ${size} in all.`;
  return `context is ${TYPES[type] ?? type}.`;
}

function itemsIn(items: ContextSummary["items"]): string {
  if (items === undefined) return "strings";
  return items === "mixed" ? "values of several types" : items === "dict" ? "objects" : "values";
}
