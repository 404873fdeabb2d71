/** SQL in SQLite, as a language of the REPL. */
import { SqliteReplPool } from "../../repl/sqlite/pool.ts";
import type { Json, PromptStyle } from "../../types.ts";
import { defineLanguage } from "../define.ts";
import { oldTurnsOfSql } from "../old-turns.ts";
import type { HostCallSyntax, ReplLanguage } from "../language.ts";
import { SQL_WORDS } from "./words.ts";

/** What a statement begins with. */
const CODE =
  /^\s*(?:--.*\n\s*)*(?:select|with|insert\s+into|update|delete\s+from|create|drop|values|explain|pragma|replace\s+into)\b/i;
const MADE =
  /\bcreate\s+(?:temp(?:orary)?\s+)?(?:virtual\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?"?([\p{L}_]\w*)/giu;

const RESERVED = new Set(
  "llm_query llm_query_batched llm_batch rlm_query final answer context lines documents items search random randomblob regexp regexp_substr abs avg cast changes char coalesce concat count date datetime exists format glob group group_concat hex iif ifnull instr julianday json last_insert_rowid length like lower ltrim max min nullif order printf quote replace round rtrim select sign snippet strftime substr substring sum time total trim typeof unicode unistr upper values".split(
    " ",
  ),
);

/** The source is JSON: each function's name, and its parameters in their order. */
const HOST_CALLS: HostCallSyntax = {
  isReserved: (name, of = "tool") =>
    (of === "tool" && RESERVED.has(name.toLowerCase())) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name),
  source: (functions) =>
    JSON.stringify(
      functions.map(({ name, parameters }) => ({ name, parameters: parameters.map((one) => one.name) })),
    ),
  defines: (source, name) =>
    (JSON.parse(source) as readonly { readonly name: string }[]).some((one) => one.name === name),
  signature: ({ parameters }) =>
    `(${parameters.map(({ name, isRequired }) => (isRequired ? name : `[${name}]`)).join(", ")})`,
};

/** SQL in a style of the wording. */
export function sqlIn(style: PromptStyle = "default"): ReplLanguage {
  return defineLanguage(
    {
      name: "sql",
      title: "SQL",
      fences: ["sql", "sqlite", "sqlite3", "repl"],
      words: SQL_WORDS,
      hostCalls: HOST_CALLS,
      looksLikeCode: (text) => CODE.test(text),
      boundNames: (code) => new Set([...code.matchAll(MADE)].map(([, name]) => name!)),
      finalVariable: (expression) => `SELECT final((SELECT * FROM ${identifier(expression)}))`,
      literal: sqlLiteral,
      oldTurns: oldTurnsOfSql(sqlLiteral),
      openPool: (options) => new SqliteReplPool(options),
    },
    style,
  );
}

/** The name in an expression that is a JSON text, as an identifier. */
function identifier(expression: string): string {
  const name = /^"(.*)"$/.exec(expression)?.[1] ?? expression;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A JSON value as SQL writes it; lists and objects are texts of JSON. */
export function sqlLiteral(value: Json): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
