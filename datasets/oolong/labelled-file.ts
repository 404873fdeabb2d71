/** A labelled source from a user's file: CSV, TSV, JSON Lines, JSON or parquet with `text,label[,user,date]`, in any order and case. */
import { basename } from "node:path";
import { DataError } from "../../src/errors.ts";
import { readRows } from "../rows/read-rows.ts";
import { type Row, type RowOptions, textField } from "../rows/row.ts";
import { parseDate } from "./calendar.ts";
import type { LabelledSource, LabelledText } from "./window.ts";

/** Reads all rows; a source must fit into memory. Throws `DataError` with file, row and column. */
export async function readLabelled(
  file: string,
  { onBadRow }: Pick<RowOptions, "onBadRow"> = {},
): Promise<LabelledSource> {
  const examples: LabelledText[] = [];
  for await (const row of readRows([file], onBadRow && { onBadRow })) {
    try {
      examples.push(readExample(named(row)));
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
  if (examples.length === 0) throw new DataError(`${file}: expected at least one row with text and label`);
  return { name: basename(file).replace(/\..*$/, ""), description: "texts, one per line", examples };
}

/** The row with its columns' names in lower case; if it has two columns, the one other than `label` is the text. */
function named({ origin, fields }: Row): Row {
  const own = Object.fromEntries(Object.entries(fields).map(([name, cell]) => [name.toLowerCase(), cell]));
  const [text, ...more] = Object.keys(own).filter((name) => name !== "label");
  const isPair = "label" in own && text !== undefined && more.length === 0;
  return { origin, fields: isPair ? { label: own.label, text: own[text] } : own };
}

function readExample(row: Row): LabelledText {
  const { user, date } = row.fields;
  return {
    text: filled(row, "text"),
    label: readLabel(row),
    ...(isGiven(user) && { user: readUser(row) }),
    ...(isGiven(date) && { date: readDate(row) }),
  };
}

function filled(row: Row, column: string): string {
  const value = row.fields[column];
  const text = typeof value === "number" ? String(value) : textField(row, column).trim();
  if (text === "") throw new DataError(`${row.origin}: column "${column}" is empty`);
  return text;
}

/** OOLONG's scorer reads what follows an answer's last colon, without stars and square brackets: a label with any of them could never be right. */
function readLabel(row: Row): string {
  const label = filled(row, "label");
  if (!/[:*[\]]/.test(label)) return label;
  throw new DataError(
    `${row.origin}: column "label": the scorer cannot read a label with a colon, a star or a square bracket, such as ${JSON.stringify(label)}`,
  );
}

function readUser(row: Row): string {
  const user = filled(row, "user");
  if (/^\d+$/.test(user)) return user;
  throw new DataError(`${row.origin}: expected a whole number in column "user", got ${JSON.stringify(user)}`);
}

function readDate(row: Row): string {
  const value = row.fields.date;
  const date = parseDate(value instanceof Date ? value.toISOString().slice(0, 10) : filled(row, "date"));
  if (date !== null) return date;
  throw new DataError(`${row.origin}: expected a date in column "date", got ${JSON.stringify(value)}`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
