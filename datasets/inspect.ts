/** Reports what a data file holds without showing any text of it: rows, columns, kinds, lengths. */
import type { DataError } from "../src/errors.ts";
import { columnBytes } from "./rows/parquet.ts";
import { readRows } from "./rows/read-rows.ts";

export interface ColumnReport {
  readonly name: string;
  /** JSON's kinds that occur: string, number, boolean, null, array, object. */
  readonly kinds: readonly string[];
  /** Characters of texts, and items of lists; null if there is neither, or the column was too large to read. */
  readonly length: { readonly min: number; readonly mean: number; readonly max: number } | null;
  /** How often each value occurs, for a column with few, short values. */
  readonly values: Readonly<Record<string, number>> | null;
}

/** A layout of data files, recognized by the columns that every such file has. */
export interface Layout {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What `inspectFile` found. `layout` is null if the file has none of the layouts asked about. */
export interface FileReport<Known extends Layout = Layout> {
  readonly file: string;
  readonly rows: number;
  readonly badRows: number;
  readonly firstBadRow: string | null;
  readonly layout: Known | null;
  readonly columns: readonly ColumnReport[];
  /** Columns of a parquet file that were not read because they hold more than 1 GB. */
  readonly unread: readonly string[];
}

/** A column that unpacks to more than this is not read, so its lengths are unknown. */
const MAX_COLUMN_BYTES = 1e9;

/**
 * Reads the file once, with little memory. Throws `UsageError` and `DataError` for a file that cannot be read at all.
 *
 * @param layouts the layouts that the file may have; if several fit, the one with the most columns is taken
 */
export async function inspectFile<Known extends Layout>(
  file: string,
  layouts: readonly Known[],
): Promise<FileReport<Known>> {
  const sizes = file.endsWith(".parquet") ? await columnBytes(file) : null;
  const names = sizes && [...sizes.keys()];
  const unread = names?.filter((name) => (sizes?.get(name) ?? 0) > MAX_COLUMN_BYTES) ?? [];
  const columns = new Map<string, ColumnTally>();
  const bad: DataError[] = [];
  let rows = 0;
  const reading = readRows([file], {
    onBadRow: (error) => bad.push(error),
    ...(names && { columns: names.filter((name) => !unread.includes(name)) }),
  });
  for await (const { fields } of reading) {
    rows += 1;
    for (const [name, value] of Object.entries(fields)) {
      const tally = columns.get(name) ?? new ColumnTally(name);
      columns.set(name, tally);
      tally.add(value);
    }
  }
  return {
    file,
    rows,
    badRows: bad.length,
    firstBadRow: bad[0]?.message ?? null,
    layout: layoutOf(layouts, [...columns.keys(), ...unread]),
    columns: Array.from(columns.values(), (tally) => tally.report),
    unread,
  };
}

/** Values are not counted individually if there are more distinct ones than this, or longer ones. */
const MAX_VALUES = 16;
const MAX_VALUE_CHARS = 40;

function layoutOf<Known extends Layout>(layouts: readonly Known[], columns: readonly string[]): Known | null {
  const fitting = layouts.filter((layout) => layout.columns.every((column) => columns.includes(column)));
  return fitting.toSorted((one, other) => other.columns.length - one.columns.length)[0] ?? null;
}

class ColumnTally {
  readonly #name: string;
  readonly #kinds = new Set<string>();
  readonly #length = { min: Infinity, max: 0, sum: 0, count: 0 };
  #values: Map<string, number> | null = new Map();

  constructor(name: string) {
    this.#name = name;
  }

  add(value: unknown): void {
    this.#kinds.add(kindOf(value));
    if (typeof value === "string" || Array.isArray(value)) this.#addLength(value.length);
    this.#addValue(value);
  }

  get report(): ColumnReport {
    const { min, max, sum, count } = this.#length;
    const repeats = this.#values !== null && [...this.#values.values()].some((times) => times > 1);
    return {
      name: this.#name,
      kinds: [...this.#kinds],
      length: count > 0 ? { min, mean: Math.round(sum / count), max } : null,
      values: repeats ? Object.fromEntries(this.#values!) : null,
    };
  }

  #addLength(length: number): void {
    const tally = this.#length;
    tally.min = Math.min(tally.min, length);
    tally.max = Math.max(tally.max, length);
    tally.sum += length;
    tally.count += 1;
  }

  #addValue(value: unknown): void {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (this.#values === null) return;
    if (text.length > MAX_VALUE_CHARS) this.#values = null;
    else this.#values.set(text, (this.#values.get(text) ?? 0) + 1);
    if (this.#values && this.#values.size > MAX_VALUES) this.#values = null;
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
