/** Recognizes a file's format, and checks each of its lines against it. */
import { readFile } from "node:fs/promises";
import { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } from "hyparquet";
import { DataError } from "../errors.ts";
import { rowFrom } from "./columns.ts";
import type { Exporter, Row } from "./exporter.ts";
import { apartFromMetadata, withMetadataColumn } from "./metadata.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "../files/json-depth.ts";
import { schemaProblem } from "../files/schema-problem.ts";
import { textLines } from "../files/json-lines.ts";
import { expectPageCounts, expectParquetCounts, readingParquet } from "../files/parquet-bounds.ts";
import { ColumnTypes } from "./column-types.ts";
import { halfPairIn } from "./well-formed.ts";
import { EXPORTERS } from "./registry.ts";
import { isEncrypted, decryptedLine } from "../data/encryption.ts";

/** A row that violates the format of its file. */
export interface RowFault {
  /** The line of a JSONL file, or the row of a Parquet file, from 1. */
  readonly line: number;
  /** The field, and what was expected of it. */
  readonly message: string;
}

/** The result of checking a file against its format. */
export interface Verdict {
  readonly format: string;
  /** Rows that were read; 1 for a JSON document. */
  readonly rows: number;
  /** Rows that violate the format. */
  readonly bad: number;
  /** Rows encrypted with their set's canary; their decrypted content is checked. Absent if there are none. */
  readonly encrypted?: number;
  /** The first errors, one per row. */
  readonly faults: readonly RowFault[];
}

const ROWS_AT_ONCE = 1000;

/**
 * Reads the whole file, one line or group of rows at a time. Throws `DataError` if the format is unknown or
 * the file is empty.
 *
 * @param format a format's name, if it is not to be recognized from the first row
 * @param most how many errors to report
 */
export async function validateFile(file: string, format: string | undefined, most = 10): Promise<Verdict> {
  const rows = file.endsWith(".parquet")
    ? parquetRows(file)
    : file.endsWith(".json")
      ? document(file)
      : jsonLines(file);
  let exporter = format === undefined ? undefined : EXPORTERS.find(({ name }) => name === format);
  if (format !== undefined && !exporter) throw new DataError(`${format} is not a known format`);
  const faults: RowFault[] = [];
  let count = 0;
  let bad = 0;
  let encrypted = 0;
  const types = new ColumnTypes();
  let ofCells: ReturnType<typeof rowFrom> | null = null;
  for await (const read of rows) {
    const { line, value: found, problem } = opened(read);
    count += 1;
    if (isEncrypted(read.value)) encrypted += 1;
    if (problem === null) exporter ??= formatOf(found, `${file}:${line}`);
    if (file.endsWith(".parquet") && exporter?.columns && !isEncrypted(read.value))
      ofCells ??= rowFrom(withMetadataColumn(exporter.columns, exporter.metadata));
    const value = ofCells !== null && isObject(found) ? ofCells(found) : found;
    const message =
      problem ??
      complaint(exporter!, value) ??
      unreadable(value) ??
      (isTable(exporter!, file) ? types.problemOf(value, line) : null);
    if (message === null) continue;
    bad += 1;
    if (faults.length < most) faults.push({ line, message });
  }
  if (count === 0) throw new DataError(`${file}: is empty`);
  if (!exporter) throw new DataError(`${file}:${faults[0]!.line}: ${faults[0]!.message}`);
  return { format: exporter.name, rows: count, bad, ...(encrypted > 0 && { encrypted }), faults };
}

interface ReadRow {
  readonly line: number;
  readonly value: unknown;
  readonly problem: string | null;
}

/** The content of an encrypted row; any other row unchanged. */
function opened({ line, value, problem }: ReadRow): ReadRow {
  try {
    return { line, value: decryptedLine(value, ""), problem };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { line, value: null, problem: "sealed: expected JSON encrypted with the row's canary" };
  }
}

async function* jsonLines(file: string): AsyncGenerator<ReadRow> {
  let line = 0;
  for await (const text of textLines(file)) {
    line += 1;
    if (text.trim() !== "") yield { line, ...parsed(text) };
  }
}

async function* document(file: string): AsyncGenerator<ReadRow> {
  yield { line: 1, ...parsed((await readFile(file, "utf8")).replace(/^\uFEFF/, "")) };
}

function parsed(text: string): Pick<ReadRow, "value" | "problem"> {
  try {
    const value: unknown = JSON.parse(text);
    if (!isNestedTooDeeply(value)) return { value, problem: null };
    return { value: null, problem: `is nested deeper than ${MOST_LEVELS} levels` };
  } catch {
    return { value: null, problem: "is not JSON (is the line cut off?)" };
  }
}

async function* parquetRows(path: string): AsyncGenerator<ReadRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new DataError(`${path}: is not a Parquet file (${error.message})`, { cause: error });
  });
  expectParquetCounts(metadata, path);
  for (const { columns } of metadata.row_groups)
    for (const column of columns) await expectPageCounts(file, column, path);
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += ROWS_AT_ONCE) {
    const rowEnd = Math.min(total, rowStart + ROWS_AT_ONCE);
    const rows = await readingParquet(file, (guarded) =>
      parquetReadObjects({ file: guarded, metadata, rowStart, rowEnd }),
    ).catch((error: Error) => {
      throw new DataError(`${path}: rows ${rowStart + 1} to ${rowEnd} cannot be read (${error.message})`, {
        cause: error,
      });
    });
    for (const [index, row] of rows.entries())
      yield { line: rowStart + index + 1, value: plain(row), problem: null };
  }
}

/** 64-bit integers as numbers, as the same rows in JSON have them. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function formatOf(value: unknown, where: string): Exporter {
  const row = isObject(value) ? value : {};
  const found = EXPORTERS.find((exporter) => exporter.recognises(row));
  if (found) return found;
  const keys = Object.keys(row).slice(0, 8).join(", ");
  throw new DataError(`${where}: is not in a known format (its keys: ${keys || "none"})`);
}

/** Rows that trainers load as a table, in which every field has one type. */
function isTable({ output, keepsUntrained }: Exporter, file: string): boolean {
  return output === "rows" && !keepsUntrained && !file.endsWith(".parquet");
}

function unreadable(value: unknown): string | null {
  const path = halfPairIn(value);
  return path && `${path}: it holds half of a surrogate pair, which readers in Python refuse`;
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function complaint({ row: schema, metadata }: Exporter, value: unknown): string | null {
  const { row, problem } = apartFromMetadata(value, metadata);
  const error = problem ?? schema.safeParse(row).error;
  return error ? schemaProblem(error, "the row") : null;
}
