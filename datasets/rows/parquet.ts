/** Parquet files, a row group at a time, in two passes: the small columns that decide, then the rows that are wanted. */
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../src/errors.ts";
import { fileError } from "./bytes.ts";
import { type Pages, pagesOf, sharePage } from "./parquet-pages.ts";
import type { Row, RowOptions } from "./row.ts";

type AsyncBuffer = Awaited<ReturnType<typeof asyncBufferFromFile>>;

/** So many bytes of rows, by a group's mean, are unpacked at a time. */
const READ_BYTES = 64_000_000;

/** The rows of a file; 64-bit integers arrive as numbers. */
export async function* readParquet(file: string, { columns, where }: RowOptions = {}): AsyncGenerator<Row> {
  const { buffer, metadata } = await open(file);
  const names = columnNames(metadata);
  for (const column of [...(columns ?? []), ...(where?.columns ?? [])])
    if (!names.has(column))
      throw new DataError(`${file}: no column "${column}"; the columns are ${[...names].join(", ")}`);
  const pageLocationsByGroup: Pages[] = [];
  const read = async (start: number, end: number, wanted: readonly string[] | undefined): Promise<Row[]> => {
    const options = {
      file: buffer,
      metadata,
      compressors,
      useOffsetIndex: true,
      pageLocationsByGroup,
      rowStart: start,
      rowEnd: end,
      ...(wanted && { columns: [...wanted] }),
    };
    try {
      const rows = await parquetReadObjects(options);
      return rows.map((row, i) => ({ place: `${file} row ${start + i}`, fields: plain(row) }));
    } catch (error) {
      throw new DataError(`${file} rows ${start} to ${end - 1}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  let groupStart = 0;
  for (const [i, group] of metadata.row_groups.entries()) {
    const groupRows = Number(group.num_rows);
    const deciding = where && (await read(groupStart, groupStart + groupRows, where.columns));
    const wanted = wantedRows(groupRows, deciding && ((row) => where.keep(deciding[row] as Row)));
    const pages = await pagesOf(buffer, group, columns);
    pageLocationsByGroup[i] = pages;
    const most = Math.max(1, Math.floor((READ_BYTES * groupRows) / Number(group.total_byte_size)));
    for (const rows of runs(wanted, most, pages)) {
      const first = rows[0] as number;
      const found = await read(groupStart + first, groupStart + (rows.at(-1) as number) + 1, columns);
      for (const row of rows) yield found[row - first] as Row;
    }
    groupStart += groupRows;
  }
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

/** Rows to be read at once: those of one page, which is unpacked as a whole anyway, and neighbours up to `most`. */
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
