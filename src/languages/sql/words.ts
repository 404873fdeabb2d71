/** What a policy is told of the SQL REPL. */
import type { ContextSummary } from "../../types.ts";
import { contextSize } from "../context-size.ts";
import { readableChars } from "../readable-chars.ts";
import type { PromptFacts } from "../wording.ts";
import type { LanguageWords } from "../words.ts";

/** The words of SQL. */
export const SQL_WORDS: LanguageWords = {
  where: "in tables",
  describeContext,
  inTheRepl: (facts) => [
    "The context's tables, which you can read and not change; `CREATE TABLE … AS SELECT` keeps what you find.",
    "`search`: a full-text index (FTS5) over the context: `SELECT rowid, snippet(search, -1, '', '', '…', 20) FROM search WHERE search MATCH 'words' ORDER BY rank LIMIT 5`.",
    ...subModelLines(facts),
    "`SELECT final(value)`: gives your answer. So does `INSERT INTO answer VALUES (value)`.",
    "SQLite's functions, JSON and window functions among them, `text REGEXP 'pattern'` and `regexp_substr(text, pattern, group)`. There is one database, in memory: no ATTACH, no files.",
  ],
  shown: "Only the rows that your statements return",
  advice:
    "So look before you read: count rows, look at a few; search and count in SQL where the question allows it; otherwise ask the sub-model about rows, or about groups of them that group_concat joins, in one statement with llm_query_batched, keep the replies in a table, and combine them with SQL.",
  look: (context) => lookOf(context),
  answer: "SELECT final(...)",
  answerSet: {
    empty: "The table `answer` was gone; it is there again: INSERT INTO answer VALUES (value).",
    kept: "The table `answer` was changed; it is as before again.",
  },
};

function lookOf(context: ContextSummary | null): string {
  if (context === null) return "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view');";
  if (context.type === "str")
    return "SELECT count(*), sum(length(text)) FROM lines;\nSELECT n, substr(text, 1, 200) FROM lines LIMIT 5;";
  if (context.type === "list" && context.items === "dict")
    return "SELECT count(*) FROM items;\nSELECT * FROM items LIMIT 3;";
  if (context.type === "list" || context.type === "dict")
    return "SELECT count(*), sum(length(text)) FROM documents;\nSELECT id, title, substr(text, 1, 200) FROM documents LIMIT 3;";
  return "SELECT * FROM context;";
}

function subModelLines(facts: PromptFacts): string[] {
  if (facts.subModel === null) return [];
  const chars = readableChars(facts).toLocaleString("en-US");
  return [
    `\`llm_query(prompt)\`: the reply of a sub-model, which sees that prompt alone, up to ${chars} characters; the longer it is, the less reliable.`,
    "`llm_query_batched(prompt)`: the same, but all prompts of a statement are asked in parallel: `SELECT n, llm_query_batched('Is this a name? ' || text) FROM lines WHERE n < 20`.",
    ...(facts.hasChildren
      ? ["`rlm_query(prompt, part)`: hands a sub-task and its own context to a sub-agent."]
      : []),
  ];
}

function describeContext(context: ContextSummary, hidesLength?: boolean): string {
  const { type, items } = context;
  const { size, count } = contextSize(context, hidesLength);
  if (type === "str")
    return `The context is a text of ${size}, in the table lines(n, text), one row a line. If it is CSV or a list of JSON objects, its columns are in the table items, too.`;
  if (type === "list" && items === "dict")
    return `The context is a list of ${count} objects, ${size} in all, in the table items(n, and a column for each key).`;
  if (type === "list")
    return `The context is ${count} documents, ${size} in all, in the table documents(id, title, text); the title is how the text begins.`;
  if (type === "dict")
    return `The context is ${count} documents, ${size} in all, in the table documents(id, title, text); the titles are the keys.`;
  return type === "bytes"
    ? `The context is ${size}, in the table context(bytes).`
    : "The context is one value, in the table context(value).";
}
