/** What a policy is told of the Clojure REPL. */
import type { ContextSummary } from "../../types.ts";
import { contextSize } from "../context-size.ts";
import { readableChars } from "../readable-chars.ts";
import type { PromptFacts } from "../wording.ts";
import type { LanguageWords } from "../words.ts";

/** The words of Clojure. */
export const CLOJURE_WORDS: LanguageWords = {
  where: "the var `context`",
  describeContext,
  inTheRepl: (facts) => [
    "`context`: a string, a vector or a map with strings as keys; immutable.",
    ...subModelLines(facts),
    "`(SHOW-VARS)`: the vars that exist.",
    "`(FINAL value)`: gives your answer.",
    "Clojure with clojure.string, clojure.set, clojure.walk and clojure.edn, which you name in full or `require`; re-seq and re-find; `json-read` and `json-write`. No interop with Java or JavaScript, no files, no threads.",
  ],
  shown: "Only what you print with println, and the value of the last form,",
  advice:
    "So look before you read: probe the type, the length and a small slice; search with code where the question allows it; otherwise cut the context into chunks, ask the sub-model about them in batches, keep the replies in vars, and combine them in code.",
  look: () => "(println (count context) (subs (str context) 0 (min 500 (count (str context)))))",
  answer: "(FINAL ...)",
  answerSet: {
    empty: "You set `answer` to nil. It is a map again; give your answer with (FINAL value).",
    kept: "You set `answer` to a value that is no map; its text stands in it now. Give your answer with (FINAL value).",
  },
};

function subModelLines(facts: PromptFacts): string[] {
  if (facts.subModel === null) return [];
  const chars = readableChars(facts).toLocaleString("en-US");
  return [
    `\`(llm-query prompt)\`: the reply of a sub-model, which sees that prompt alone, up to ${chars} characters; the longer it is, the less reliable.`,
    "`(llm-query-batched prompts)`: many prompts in parallel, about 20 a batch; `(pmap f coll)` with llm-query in f asks in parallel, too.",
    ...(facts.hasChildren
      ? ["`(rlm-query prompt {:context part})`: hands a sub-task and its own context to a sub-agent."]
      : []),
  ];
}

const TYPES: Readonly<Record<string, string>> = { int: "a number", float: "a number", bool: "a boolean" };

function describeContext(context: ContextSummary, hidesLength?: boolean): string {
  const { type, items } = context;
  const { size, count } = contextSize(context, hidesLength);
  if (type === "str") return `context is a string of ${size}.`;
  if (type === "bytes") return `context is a vector of ${size}, as numbers.`;
  if (type === "None") return "context is nil.";
  if (type === "dict") return `context is a map with ${count} keys, which are strings, ${size} in all.`;
  if (type === "list")
    return `context is a vector of ${count} ${items === undefined ? "strings" : items === "dict" ? "maps with strings as keys" : "values"}, ${size} in all.`;
  return `context is ${TYPES[type] ?? type}.`;
}
