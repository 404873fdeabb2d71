/** Rows of data files in any format: what they hold, where they come from, and what to do with bad ones. */
import { DataError } from "../../src/errors.ts";

/** A row and its origin for error messages: `shard.parquet row 12`, `data.jsonl line 3`. */
export interface Row {
  readonly origin: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RowOptions {
  /** Columns to read; all if absent. Only parquet files save reading the others. */
  readonly columns?: readonly string[];
  /** Decides by a few small columns, before the large ones of a row are read; asked once for each row in order. */
  readonly where?: { readonly columns: readonly string[]; readonly keep: (row: Row) => boolean };
  /** Told of each row that cannot be read, which is then skipped. If absent, the first bad row throws. */
  readonly onBadRow?: (error: DataError) => void;
}

/** A text field. Throws `DataError` with the row's origin and the column's name. */
export function textField(row: Row, column: string): string {
  const value = row.fields[column];
  if (typeof value === "string") return value;
  throw new DataError(`${row.origin}: expected text in column "${column}", got ${kindOf(value)}`);
}

/** A number, which may be written as text. Throws `DataError` with the row's origin and the column's name. */
export function numberField(row: Row, column: string): number {
  const value = row.fields[column];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new DataError(`${row.origin}: expected a number in column "${column}", got ${kindOf(value)}`);
}

/** A name or number as text, such as an id. Throws `DataError` with the row's origin and the column's name. */
export function idField(row: Row, column: string): string {
  const value = row.fields[column];
  if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
  throw new DataError(`${row.origin}: expected a name or number in column "${column}", got ${kindOf(value)}`);
}

/** Reads each row with `read`. A row is bad if `read` throws a `DataError`, or if its id was seen before. */
export async function* readEach<T extends { readonly id: string }>(
  rows: AsyncIterable<Row>,
  onBadRow: RowOptions["onBadRow"],
  read: (row: Row) => T,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  for await (const row of rows) {
    try {
      const value = read(row);
      if (seen.has(value.id))
        throw new DataError(`${row.origin}: the id ${JSON.stringify(value.id)} occurs twice`);
      seen.add(value.id);
      yield value;
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return "no such column";
  if (value === null) return "null";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : typeof value;
}
