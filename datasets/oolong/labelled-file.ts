/** A labelled source from a user's file: CSV, TSV, JSON Lines, JSON or parquet with `text,label[,user,date]`. */
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
      examples.push(readExample(row));
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
  if (examples.length === 0) throw new DataError(`${file}: expected at least one row with text and label`);
  return { name: basename(file).replace(/\..*$/, ""), description: "texts, one per line", examples };
}

function readExample(row: Row): LabelledText {
  const { user, date } = row.fields;
  return {
    text: filled(row, "text"),
    label: filled(row, "label"),
    ...(isGiven(user) && { user: readUser(row) }),
    ...(isGiven(date) && { date: readDate(row) }),
  };
}

function filled(row: Row, column: string): string {
  const value = row.fields[column];
  const text = typeof value === "number" ? String(value) : textField(row, column).trim();
  if (text === "") throw new DataError(`${row.place}: column "${column}" is empty`);
  return text;
}

function readUser(row: Row): string {
  const user = filled(row, "user");
  if (/^\d+$/.test(user)) return user;
  throw new DataError(`${row.place}: expected a whole number in column "user", got ${JSON.stringify(user)}`);
}

function readDate(row: Row): string {
  const value = row.fields.date;
  const date = parseDate(value instanceof Date ? value.toISOString().slice(0, 10) : filled(row, "date"));
  if (date !== null) return date;
  throw new DataError(`${row.place}: expected a date in column "date", got ${JSON.stringify(value)}`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
