/** The strategies in SQL. Ranking is that of SQLite's full-text search, whose BM25 has k1 1.2 and b 0.75. */
import { sqlLiteral } from "../../../languages/sql/language.ts";
import type { ContextSummary } from "../../../types.ts";
import { NOTES_CHARS, type StrategyCode, termsOf } from "./code.ts";

const NEWLINES = "char(10) || char(10)";
const SHOW_REPLY = "SELECT substr(text, 1, 200) AS reply FROM reply;";
const SHOW_RESULT = "SELECT substr(text, 1, 200) AS result FROM result;";

/** The table with the context's lines or documents, and its number. */
export function rowsOf({ type }: ContextSummary): { table: string; key: string } {
  return type === "str" ? { table: "lines", key: "n" } : { table: "documents", key: "id" };
}

/** The whole context as one text. */
function wholeOf({ type }: ContextSummary): string {
  return type === "str" ? "context" : `(SELECT group_concat(text, ${NEWLINES}) AS text FROM documents)`;
}

/** A common table `found(place, depth, hit, rest)` of all matches: regexp_substr gives the first one of a text alone. */
function allMatches(pattern: string, table: string, key: string, column: string): string {
  const p = sqlLiteral(pattern);
  const rest = (text: string) =>
    `substr(${text}, instr(${text}, regexp_substr(${text}, ${p})) + max(1, length(regexp_substr(${text}, ${p}))))`;
  return `WITH RECURSIVE found(place, depth, hit, rest) AS (
  SELECT ${key}, 0, regexp_substr(${column}, ${p}, 1), ${rest(column)} FROM ${table} WHERE ${column} REGEXP ${p}
  UNION ALL
  SELECT place, depth + 1, regexp_substr(rest, ${p}, 1), ${rest("rest")} FROM found WHERE rest REGEXP ${p})`;
}

const named = (model: string | undefined) => (model === undefined ? "" : `, ${sqlLiteral(model)}`);

function replyTo(instruction: string, text: string, model?: string): string {
  return `DROP TABLE IF EXISTS reply;
CREATE TABLE reply AS SELECT llm_query(${sqlLiteral(instruction)} || ${NEWLINES} || ${text}${named(model)}) AS text;
${SHOW_REPLY}`;
}

/** The code in SQL. */
export const SQL_CODE: StrategyCode = {
  findAll: (pattern, context) => {
    const { table, key } = rowsOf(context);
    return `CREATE TABLE hits AS ${allMatches(pattern, table, key, "text")}
SELECT hit FROM found GROUP BY hit ORDER BY min(place), min(depth);
SELECT count(*) AS hits FROM hits;
SELECT hit FROM hits LIMIT 10;`;
  },
  answerHits: "SELECT final(group_concat(hit, ', ')) FROM hits;",
  askWhole: (instruction, chars, context, model) =>
    replyTo(instruction, `(SELECT substr(text, 1, ${chars}) FROM ${wholeOf(context)})`, model),
  answerReply: "SELECT final(text) FROM reply;",
  rank: ({ query, pieceChars, best }, context) => {
    const { table, key } = rowsOf(context);
    const match = termsOf(query)
      .map((term) => `"${term}"`)
      .join(" OR ");
    const most =
      context.type === "str"
        ? `(SELECT CAST(max(1, ${pieceChars * best} / max(1, avg(length(text) + 1))) AS INTEGER) FROM lines)`
        : String(best);
    return `CREATE TABLE found AS SELECT ${key} AS place, text FROM ${table}
WHERE ${key} IN (SELECT rowid FROM search WHERE search MATCH ${sqlLiteral(match)} ORDER BY rank LIMIT ${most});
SELECT count(*) AS found, min(place), max(place) FROM found;`;
  },
  askFound: (instruction, { shownChars, pieceChars, best }, { type }, model) =>
    // A line can be longer than a piece, and holds what is sought anywhere.
    replyTo(
      instruction,
      `substr(coalesce((SELECT group_concat(substr(text, 1, ${type === "str" ? pieceChars * best : shownChars}), ${NEWLINES}) FROM found), ''), 1, ${Math.max(pieceChars, shownChars) * best})`,
      model,
    ),
  map: ({ instruction, chunkChars, overlapChars, headingEnd, model }, context) => {
    const { table, key } = rowsOf(context);
    const heading =
      headingEnd === undefined
        ? ""
        : ` || ${NEWLINES} || (SELECT substr(text, 1, max(0, instr(text, ${sqlLiteral(headingEnd)}) - 1)) FROM ${wholeOf(context)})`;
    const cut =
      overlapChars > 0
        ? `WITH RECURSIVE whole(text) AS (SELECT text FROM ${wholeOf(context)}), cut(at) AS (SELECT 1 UNION ALL SELECT at + ${chunkChars} FROM cut WHERE at + ${chunkChars} <= (SELECT length(text) FROM whole))
SELECT at, substr(text, at, ${chunkChars + overlapChars}) AS text FROM cut, whole`
        : `SELECT (upto - 1) / ${chunkChars} AS at, group_concat(text, ${context.type === "str" ? "char(10)" : NEWLINES}) AS text FROM (SELECT text, sum(length(text) + 2) OVER (ORDER BY ${key}) AS upto FROM ${table}) GROUP BY at`;
    return `DROP TABLE IF EXISTS chunks;
DROP TABLE IF EXISTS replies;
CREATE TABLE chunks AS ${cut};
CREATE TABLE replies AS SELECT at, llm_query_batched(${sqlLiteral(instruction)}${heading} || ${NEWLINES} || text${named(model)}) AS reply FROM chunks;
SELECT count(*) AS replies FROM replies;
SELECT substr(reply, 1, 60) AS reply FROM replies LIMIT 3;`;
  },
  valuesOf: (pattern) => `CREATE TABLE result AS ${allMatches(pattern, "replies", "at", "reply")}
SELECT group_concat(value, ', ') AS text FROM (
  SELECT value FROM found, json_each('[' || replace(json_quote(rtrim(hit, '.')), ', ', '","') || ']')
  GROUP BY value ORDER BY min(place), min(depth), min(json_each.key));
${SHOW_RESULT}`,
  showReplies: (pattern, { from, count }) => `${allMatches(pattern, "replies", "at", "reply")}
SELECT group_concat(hit, char(10)) AS hits FROM (SELECT hit FROM found GROUP BY hit ORDER BY min(place), min(depth) LIMIT ${count} OFFSET ${from});`,
  askReplies: (
    instruction,
    without,
  ) => `CREATE TABLE result AS SELECT llm_query(${sqlLiteral(instruction)} || ${NEWLINES} || substr(coalesce((
  SELECT group_concat(reply, ${NEWLINES}) FROM (SELECT DISTINCT reply FROM replies WHERE instr(lower(reply), ${sqlLiteral(without)}) = 0)), ''), 1, ${NOTES_CHARS})) AS text;
${SHOW_RESULT}`,
  answerResult: "SELECT final(text) FROM result;",
};
