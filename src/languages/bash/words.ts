/** What a policy is told of the bash REPL. */
import type { ContextSummary } from "../../types.ts";
import { contextSize } from "../context-size.ts";
import { readableChars } from "../readable-chars.ts";
import type { PromptFacts } from "../wording.ts";
import type { LanguageWords } from "../words.ts";

/** The words of bash. */
export const BASH_WORDS: LanguageWords = {
  where: "in files",
  describeContext,
  inTheRepl: (facts) => [
    "The context's files, in the current folder; what you change in them is undone. Other files, variables, functions and the folder stay from block to block.",
    ...subModelLines(facts),
    "`answer TEXT`, or `… | answer`: gives your answer.",
    "grep, rg, sed, awk, sort, uniq, wc, head, tail, cut, tr, split, find, xargs, jq and more (`help` lists them); loops, arrays and arithmetic. No network, no other programs.",
  ],
  shown: "Only what your commands print",
  advice:
    "So look before you read: count lines, look at a few; search and count with commands where the question allows it; otherwise split the context into parts, ask the sub-model about them with one llm_batch, keep the replies in a file, and combine them with commands.",
  look: (context) => lookOf(context),
  answer: "answer ...",
  answerSet: {
    empty: "The answer was empty; give it with: answer TEXT.",
    kept: "The answer was no text; give it with: answer TEXT.",
  },
};

function lookOf(context: ContextSummary | null): string {
  const file = context === null ? "context*" : fileOf(context);
  if (file === "context/*.txt")
    return "ls context | wc -l; wc -c context/*.txt | tail -1; head -c 500 context/*1.txt";
  return `wc ${file}; head -c 500 ${file}`;
}

function fileOf({ type, items }: Pick<ContextSummary, "type" | "items">): string {
  if (type === "str") return "context.txt";
  if (type === "bytes") return "context.bin";
  if (type === "list") return items === undefined ? "context/*.txt" : "context.jsonl";
  return "context.json";
}

function subModelLines(facts: PromptFacts): string[] {
  if (facts.subModel === null) return [];
  const chars = readableChars(facts).toLocaleString("en-US");
  return [
    `\`llm PROMPT\`, or \`… | llm PROMPT\`: prints the reply of a sub-model, which sees the prompt and what is piped in, up to ${chars} characters; the longer it is, the less reliable.`,
    "`… | llm_batch PROMPT`: asks about each line on its own, all in parallel, and prints one reply a line; `llm_batch PROMPT -f FILE...` asks about each file; with -0, parts and replies end with NUL.",
    ...(facts.hasChildren
      ? ["`… | rlm PROMPT`: hands a sub-task and its own context, what is piped in, to a sub-agent."]
      : []),
  ];
}

function describeContext(context: ContextSummary, hidesLength?: boolean): string {
  const { type, items } = context;
  const { size, count } = contextSize(context, hidesLength);
  const file = fileOf(context);
  if (type === "str" || type === "bytes") return `The context is the file ${file}, ${size}.`;
  if (type === "list" && items === undefined)
    return `The context is ${count} texts, ${size} in all, one file each: ${file}.`;
  if (type === "list")
    return `The context is a list of ${count} ${items === "dict" ? "objects" : "values"}, ${size} in all, one a line as JSON in ${file}.`;
  if (type === "dict")
    return `The context is an object with ${count} keys, ${size} in all, as JSON in ${file}.`;
  return `The context is one value, as JSON in ${file}.`;
}
