/** The moves in SQL. */
import { sqlLiteral } from "../../languages/sql/language.ts";
import { rowsOf } from "../../policies/strategies/languages/sql.ts";
import type { MoveCode } from "./move-code.ts";

const FORGET_RESULT = "DROP TABLE IF EXISTS result;";
const tableOf = (columns: string) => `${FORGET_RESULT}
CREATE TABLE result AS SELECT ${columns};`;

/** The code in SQL. */
export const SQL_MOVES: MoveCode = {
  comment: "--",
  forgetFound: "DROP TABLE IF EXISTS hits;\nDROP TABLE IF EXISTS found;",
  forgetResult: FORGET_RESULT,
  peek: (context) => {
    const { table, key } = rowsOf(context);
    return `SELECT count(*) AS rows, sum(length(text)) AS chars FROM ${table};
SELECT substr(text, 1, 200) AS start FROM ${table} ORDER BY ${key} LIMIT 1;`;
  },
  keepHits: tableOf("coalesce(group_concat(hit, ', '), '') AS text FROM hits"),
  keepReply: tableOf("text FROM reply"),
  keepText: (text) => tableOf(`${sqlLiteral(text)} AS text`),
  show: "SELECT 'result: ' || substr(replace(text, char(10), ' '), 1, 200) AS shown FROM result;",
  print: (line) => `SELECT ${sqlLiteral(line)} AS shown;`,
  compare: String.raw`SELECT CASE WHEN core <> '' AND instr(lower(reply.text), lower(core)) > 0 THEN 'verification agrees' ELSE 'verification differs' END AS shown
FROM reply, (SELECT coalesce(regexp_substr(text, '^(?:[\s\S]*: )?([\s\S]*?)\.*\s*$', 1), '') AS core FROM result);`,
};
