/** Parquet files, a row group at a time, in two passes: the small columns that decide, then the rows that are wanted. */
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../src/errors.ts";
import { fileError } from "./bytes.ts";
import type { Row, RowOptions } from "./row.ts";

type AsyncBuffer = Awaited<ReturnType<typeof asyncBufferFromFile>>;

/** The rows of a file; 64-bit integers arrive as numbers. */
export async function* readParquet(file: string, { columns, where }: RowOptions = {}): AsyncGenerator<Row> {
  const { buffer, metadata } = await open(file);
  const names = columnNames(metadata);
  for (const column of [...(columns ?? []), ...(where?.columns ?? [])])
    if (!names.has(column))
      throw new DataError(`${file}: no column "${column}"; the columns are ${[...names].join(", ")}`);
  const read = async (start: number, end: number, wanted: readonly string[] | undefined): Promise<Row[]> => {
    const options = {
      file: buffer,
      metadata,
      compressors,
      useOffsetIndex: true,
      rowStart: start,
      rowEnd: end,
    };
    try {
      const rows = await parquetReadObjects({ ...options, ...(wanted && { columns: [...wanted] }) });
      return rows.map((row, i) => ({ place: `${file} row ${start + i}`, fields: plain(row) }));
    } catch (error) {
      throw new DataError(`${file} rows ${start} to ${end - 1}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    const deciding = where && (await read(groupStart, groupEnd, where.columns));
    for (const [start, end] of runs(groupStart, groupEnd, deciding, where?.keep))
      for (const row of await read(start, end, columns)) yield row;
    groupStart = groupEnd;
  }
}

/** Wanted rows that follow one another, so that a column's pages are read once for all of them. */
function* runs(
  start: number,
  end: number,
  deciding: readonly Row[] | undefined,
  keep: ((row: Row) => boolean) | undefined,
): Generator<readonly [number, number]> {
  if (!deciding || !keep) {
    yield [start, end];
    return;
  }
  let from: number | null = null;
  for (const [i, row] of deciding.entries()) {
    const wanted = keep(row);
    if (wanted) from ??= start + i;
    if (wanted || from === null) continue;
    yield [from, start + i];
    from = null;
  }
  if (from !== null) yield [from, end];
}

async function open(file: string): Promise<{ buffer: AsyncBuffer; metadata: FileMetaData }> {
  try {
    const buffer = await asyncBufferFromFile(file);
    return { buffer, metadata: await parquetMetadataAsync(buffer) };
  } catch (error) {
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

/** Numbers instead of BigInts, wherever a number is exact. */
function plain(value: unknown): Row["fields"] {
  return plainValue(value) as Row["fields"];
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
