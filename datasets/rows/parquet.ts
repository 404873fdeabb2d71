/** Reads parquet files one row group at a time, in two passes: the small columns that decide, then the rows that are wanted. */
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { DataError } from "../../src/errors.ts";
import {
  boundedCompressors,
  expectPageCounts,
  expectParquetCounts,
  readingParquet,
} from "../../src/files/parquet-bounds.ts";
import { PAGE_CODECS } from "../../src/files/parquet-codecs.ts";
import { fileError } from "./bytes.ts";
import { type Pages, pagesOf, sharePage } from "./parquet-pages.ts";
import type { Row, RowOptions } from "./row.ts";

type AsyncBuffer = Awaited<ReturnType<typeof asyncBufferFromFile>>;

const BOUNDED = boundedCompressors(PAGE_CODECS);

/** Rows of about this many bytes, by a group's mean, are unpacked at a time. */
const READ_BYTES = 64_000_000;
/** Rows at a time at the most: a dictionary has few bytes for many of them. */
const READ_ROWS = 100_000;

/**
 * The rows of a file; 64-bit integers arrive as numbers. If bad rows are skipped, a file that lacks a column counts as one bad row.
 */
export async function* readParquet(
  file: string,
  { columns, where, onBadRow }: RowOptions = {},
): AsyncGenerator<Row> {
  const { buffer, metadata } = await open(file);
  const names = columnNames(metadata);
  const missing = [...(columns ?? []), ...(where?.columns ?? [])].find((column) => !names.has(column));
  if (missing !== undefined) {
    const there = [...names].join(", ");
    leaveOut(new DataError(`${file}: no column "${missing}"; the columns are ${there}`), onBadRow);
    return;
  }
  const isRead = (column: string) =>
    columns === undefined || [...columns, ...(where?.columns ?? [])].includes(column);
  const pageLocationsByGroup: Pages[] = [];
  const read = async (start: number, end: number, wanted: readonly string[] | undefined) => {
    const options = {
      metadata,
      compressors: BOUNDED,
      parsers: { stringFromBytes },
      useOffsetIndex: true,
      pageLocationsByGroup,
      rowStart: start,
      rowEnd: end,
      ...(wanted && { columns: [...wanted] }),
    };
    try {
      const rows = await readingParquet(buffer, (guarded) =>
        parquetReadObjects({ ...options, file: guarded }),
      );
      return rows.map((row, i) => rowOf(row, `${file} row ${start + i}`));
    } catch (error) {
      throw new DataError(`${file} rows ${start} to ${end - 1}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  let groupStart = 0;
  for (const [i, group] of metadata.row_groups.entries()) {
    const groupRows = Number(group.num_rows);
    let pageBytes = 0;
    for (const chunk of group.columns)
      if (isRead(chunk.meta_data?.path_in_schema[0] ?? ""))
        pageBytes += await expectPageCounts(buffer, chunk, file);
    // A forged sum would have too many rows unpacked at a time.
    const unpacked = Math.max(Number(group.total_byte_size), pageBytes);
    const deciding = where && (await read(groupStart, groupStart + groupRows, where.columns));
    const wanted = wantedRows(groupRows, deciding && ((row) => isWanted(deciding[row]!, where.keep)));
    const pages = await pagesOf(buffer, group, columns);
    pageLocationsByGroup[i] = pages;
    const most = Math.min(READ_ROWS, Math.max(1, Math.floor((READ_BYTES * groupRows) / unpacked)));
    for (const rows of runs(wanted, most, pages)) {
      const first = rows[0] as number;
      const found = await read(groupStart + first, groupStart + (rows.at(-1) as number) + 1, columns).catch(
        (error: DataError) => leaveOut(error, onBadRow),
      );
      if (!found) continue;
      for (const row of rows) {
        const one = found[row - first]!;
        if (one instanceof DataError) leaveOut(one, onBadRow);
        else yield one;
      }
    }
    groupStart += groupRows;
  }
}

function leaveOut(error: DataError, onBadRow: RowOptions["onBadRow"]): void {
  if (!onBadRow) throw error;
  onBadRow(error);
}

/** Errors in a row are reported only after the whole row is read. */
function isWanted(row: Row | DataError, keep: (row: Row) => boolean): boolean {
  return row instanceof DataError || keep(row);
}

/** Bytes that each column unpacks to, by its name. */
export async function columnBytes(file: string): Promise<Map<string, number>> {
  const { metadata } = await open(file);
  const bytes = new Map(Array.from(columnNames(metadata), (name) => [name, 0]));
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data: meta } of columns) {
      const name = meta?.path_in_schema[0] ?? "";
      bytes.set(name, (bytes.get(name) ?? 0) + Number(meta?.total_uncompressed_size ?? 0));
    }
  }
  return bytes;
}

function wantedRows(count: number, keep: ((row: number) => boolean) | undefined): number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  return keep ? rows.filter(keep) : rows;
}

/** Rows to read together: those of one page, which is unpacked as a whole anyway, and neighbours up to `most`. */
function* runs(rows: readonly number[], most: number, pages: Pages): Generator<readonly number[]> {
  let run: number[] = [];
  for (const row of rows) {
    const last = run.at(-1);
    const joins =
      last !== undefined && ((row === last + 1 && run.length < most) || sharePage(pages, last, row));
    if (!joins && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(row);
  }
  if (run.length > 0) yield run;
}

async function open(file: string): Promise<{ buffer: AsyncBuffer; metadata: FileMetaData }> {
  try {
    const buffer = await asyncBufferFromFile(file);
    if (buffer.byteLength === 0) throw new Error("the file is empty");
    const metadata = await parquetMetadataAsync(buffer);
    expectParquetCounts(metadata, file);
    return { buffer, metadata };
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw fileError(file, error);
  }
}

function columnNames({ schema }: FileMetaData): Set<string> {
  const names = new Set<string>();
  // The schema is a tree in preorder; a child of the root is a column.
  for (let i = 1; i < schema.length; i = afterSubtree(schema, i)) names.add(schema[i]?.name ?? "");
  return names;
}

function afterSubtree(schema: FileMetaData["schema"], index: number): number {
  let next = index + 1;
  for (let child = 0; child < (schema[index]?.num_children ?? 0); child += 1)
    next = afterSubtree(schema, next);
  return next;
}

/** Marks a cell, or a value inside it, whose bytes are not UTF-8. */
const NO_UTF8 = Symbol("no UTF-8");
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function stringFromBytes(bytes: Uint8Array | undefined): unknown {
  if (!bytes) return bytes;
  try {
    return UTF8.decode(bytes);
  } catch {
    return NO_UTF8;
  }
}

/** Turns BigInts into numbers wherever the number is exact; an error if a text is not UTF-8. */
function rowOf(row: Record<string, unknown>, origin: string): Row | DataError {
  const fields = plainValue(row) as Row["fields"];
  const broken = Object.keys(fields).find((column) => holds(fields[column], NO_UTF8));
  if (broken === undefined) return { origin, fields };
  return new DataError(`${origin}: column "${broken}": the bytes are not UTF-8`);
}

function holds(value: unknown, wanted: symbol): boolean {
  if (typeof value !== "object" || value === null) return value === wanted;
  return Object.values(value).some((item) => holds(item, wanted));
}

function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
  return value;
}
