/** Bounds the unpacked size of Parquet files, since a small file may claim any size. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AsyncBuffer, ColumnChunk, Compressors, FileMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { DataError } from "../errors.ts";

/** The most rows in one row group. */
const MOST_GROUP_ROWS = 5_000_000;
/** The most values of a column in one row group, including those of its lists. */
export const MOST_GROUP_VALUES = 50_000_000;
/** The most unpacked bytes of one page. */
export const MOST_PAGE_BYTES = 1_000_000_000;
/** The most unpacked bytes of one column in one row group. */
const MOST_GROUP_BYTES = 8_000_000_000;
/** What is read to find a page's header, and what is read at the most where that is too little, as with long statistics in it. */
const HEADER_BYTES = [65_536, 16_000_000];

/** Throws `DataError` if the file's row counts contradict each other, or a group exceeds `MOST_GROUP_VALUES`. */
export function expectParquetCounts(
  { num_rows: rows, row_groups: groups }: FileMetaData,
  file: string,
): void {
  let sum = 0n;
  for (const [index, group] of groups.entries()) {
    const count = group.num_rows;
    if (count < 0n || count > BigInt(MOST_GROUP_ROWS))
      throw new DataError(
        `${file}: group ${index} says that it has ${count} rows; at most ${MOST_GROUP_ROWS} are read`,
      );
    sum += count;
  }
  if (sum !== rows)
    throw new DataError(`${file}: it says that it has ${rows} rows, and its groups have ${sum}`);
}

/**
 * Checks the headers of all pages of a column before any page is unpacked. Throws `DataError` if a page exceeds
 * `MOST_PAGE_BYTES`, or the pages together exceed `MOST_GROUP_VALUES`
 * or 8 GB. Returns the unpacked bytes of all pages: the file's own sum may be forged.
 */
export async function expectPageCounts(
  file: AsyncBuffer,
  { meta_data: meta }: ColumnChunk,
  name: string,
): Promise<number> {
  if (!meta) return 0;
  let offset = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const end = Math.min(offset + Number(meta.total_compressed_size), file.byteLength);
  let values = 0;
  let unpacked = 0;
  while (offset < end) {
    const found = await headerAt(file, offset, end);
    // The reader of the pages will report the rows that it cannot read.
    if (found === "damaged") return unpacked;
    const column = meta.path_in_schema.join(".");
    if (found === "long")
      throw new DataError(
        `${name}: a page of column "${column}" has a header of more than ${HEADER_BYTES.at(-1)} bytes`,
      );
    const { header, headerBytes } = found;
    const {
      data_page_header: first,
      data_page_header_v2: second,
      dictionary_page_header: dictionary,
    } = header;
    values += first?.num_values ?? second?.num_values ?? dictionary?.num_values ?? 0;
    if (!(values <= MOST_GROUP_VALUES && values >= 0))
      throw new DataError(
        `${name}: column "${column}" says that it has ${values} values in a group; at most ${MOST_GROUP_VALUES} are read`,
      );
    if (
      header.uncompressed_page_size > MOST_PAGE_BYTES ||
      header.uncompressed_page_size < 0 ||
      header.compressed_page_size < 0
    )
      throw new DataError(
        `${name}: a page of column "${column}" says that it unpacks to ${header.uncompressed_page_size} bytes; at most ${MOST_PAGE_BYTES} are read`,
      );
    unpacked += header.uncompressed_page_size;
    if (unpacked > MOST_GROUP_BYTES)
      throw new DataError(
        `${name}: column "${column}" says that a group of it unpacks to more than ${MOST_GROUP_BYTES} bytes`,
      );
    offset += headerBytes + header.compressed_page_size;
  }
  return unpacked;
}

interface FoundHeader {
  readonly header: ReturnType<typeof parquetHeader>;
  readonly headerBytes: number;
}

/** A header that is not there within the most bytes is `long`, and one that is not there at all `damaged`. */
async function headerAt(
  file: AsyncBuffer,
  offset: number,
  end: number,
): Promise<FoundHeader | "long" | "damaged"> {
  for (const most of HEADER_BYTES) {
    const view = new DataView(await file.slice(offset, Math.min(offset + most, end)));
    const reader = { view, offset: 0 };
    try {
      const header = parquetHeader(reader);
      // A forged header may hold another type in a number's place.
      const counted = header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
      const numbers = [header.uncompressed_page_size, header.compressed_page_size, counted?.num_values ?? 0];
      return numbers.every(Number.isInteger) ? { header, headerBytes: reader.offset } : "damaged";
    } catch {
      if (offset + most >= end) return "damaged";
    }
  }
  return "long";
}

/** Wraps compressors so that they throw `DataError` for pages that unpack to more than `MOST_PAGE_BYTES`. */
export function boundedCompressors(compressors: Compressors): Compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([name, unpack]) => [
      name,
      (input: Uint8Array, length: number) => {
        if (length > MOST_PAGE_BYTES)
          throw new DataError(`a page unpacks to ${length} bytes; at most ${MOST_PAGE_BYTES} are read`);
        return unpack(input, length);
      },
    ]),
  );
}

/**
 * Reads from a file by `use`. A reader that fails at once has begun to decode columns that nobody waits for any more, and one
 * that then fails too would end the process: after a failure no more bytes are handed out.
 */
export async function readingParquet<T>(
  file: AsyncBuffer,
  use: (guarded: AsyncBuffer) => Promise<T>,
): Promise<T> {
  let hasFailed = false;
  const slice = (start: number, end?: number) =>
    new Promise<ArrayBuffer>((resolve, reject) => {
      const handOver = async () => {
        const bytes = await file.slice(start, end);
        await nextTurn();
        if (!hasFailed) resolve(bytes);
      };
      handOver().catch((error: unknown) => {
        if (!hasFailed) reject(error);
      });
    });
  try {
    return await use({ byteLength: file.byteLength, slice });
  } catch (error) {
    hasFailed = true;
    throw error;
  }
}
