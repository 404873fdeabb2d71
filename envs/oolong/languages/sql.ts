/** Counts OOLONG's lines in SQL, as a table of their own. */
import { sqlLiteral } from "../../../src/languages/sql/language.ts";
import type { Tally, TallyCode } from "./tally-code.ts";

const KEYS: Readonly<Record<Tally["by"], (limit: string) => string>> = {
  label: () => "label",
  user: () => "user",
  date: () => "day",
  "month and label": () => "substr(day, 1, 7) || '][' || label",
  "side and label": (limit) =>
    `CASE WHEN day < ${sqlLiteral(limit)} THEN 'before' WHEN day > ${sqlLiteral(limit)} THEN 'after' ELSE 'on' END || '][' || label`,
  "user and label": () => "user || '][' || label",
};

/** The lines of the replies: a JSON string has no newline of its own, and those it stands for become the ends of items. */
const REPLY_LINES = String.raw`(SELECT json_each.value AS text FROM replies, json_each('[' || replace(json_quote(reply), '\n', '","') || ']') ORDER BY at, json_each.key)`;

const DAY = String.raw`CASE WHEN date LIKE '__/__/____' THEN substr(date, 7) || '-' || substr(date, 1, 2) || '-' || substr(date, 4, 2)
    ELSE printf('%s-%02d-%02d', substr(date, -4), (instr('JanFebMarAprMayJunJulAugSepOctNovDec', substr(date, 1, 3)) + 2) / 3, CAST(regexp_substr(date, ' (\d+),', 1) AS INTEGER)) END`;

export const SQL_TALLY: TallyCode = (tally, source) => {
  const { by, users, month, between, label, limit = "", most, ofCounts } = tally;
  const wanted = [
    users && `user IN (${users.map(sqlLiteral).join(", ")})`,
    month && `substr(day, 6, 2) = ${sqlLiteral(month)}`,
    between && `day BETWEEN ${sqlLiteral(between[0])} AND ${sqlLiteral(between[1])}`,
    label !== undefined && `label = ${sqlLiteral(label)}`,
  ].filter((one) => typeof one === "string" && one !== "");
  const [labelOf, from] =
    source === "replies"
      ? [String.raw`trim(regexp_substr(text, 'Label: (.+)', 1))`, REPLY_LINES]
      : ["'?'", "lines"];
  const counts = `SELECT ${KEYS[by](limit)} AS key, count(*) AS times, min(rowid) AS place FROM entries${
    wanted.length === 0 ? "" : ` WHERE ${wanted.join(" AND ")}`
  } GROUP BY key`;
  return `DROP TABLE IF EXISTS entries;
CREATE TABLE entries AS SELECT ${DAY} AS day, user, label FROM (
  SELECT regexp_substr(text, 'Date: (.+?) \\|\\| ', 1) AS date, regexp_substr(text, 'User: (\\d+)', 1) AS user, ${labelOf} AS label
  FROM ${from} WHERE text REGEXP ${source === "replies" ? String.raw`'Date: .+? \|\| User: \d+ \|\| Label: .'` : String.raw`'^Date: .+? \|\| User: \d+ \|\| '`});
${
  ofCounts
    ? `SELECT '[' || times || ']=' || count(*) AS tally FROM (${counts}) GROUP BY times LIMIT ${most};`
    : `SELECT '[' || key || ']=' || times AS tally FROM (${counts}) ORDER BY times DESC, place LIMIT ${most};`
}`;
};
