/** Finds the pages of a parquet file: most writers leave out the index that would tell, and chunks may hold gigabytes. */
import type { AsyncBuffer, ColumnMetaData, RowGroup } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import type { PageLocation } from "hyparquet/src/types.js";

/** Page locations by column name. */
export type Pages = Readonly<Record<string, readonly PageLocation[]>>;

/** Chunks up to this many bytes are read whole. */
const SMALL_CHUNK_BYTES = 16_000_000;
const HEADER_BYTES = 65_536;

/**
 * The pages of a row group's large columns by column name, found by going from page header to page header. Leaves out columns
 * of lists, whose pages do not tell their rows, and columns that have an index.
 */
export async function pagesOf(
  file: AsyncBuffer,
  group: RowGroup,
  columns: readonly string[] | undefined,
  smallBytes = SMALL_CHUNK_BYTES,
): Promise<Pages> {
  const pages: Record<string, readonly PageLocation[]> = {};
  for (const { meta_data: meta, offset_index_offset: indexed } of group.columns) {
    const [name, ...inner] = meta?.path_in_schema ?? [];
    if (!meta || name === undefined || inner.length > 0 || indexed) continue;
    if (meta.total_compressed_size <= smallBytes || !(columns?.includes(name) ?? true)) continue;
    pages[name] = await walk(file, meta);
  }
  return pages;
}

/** Whether two rows of a group, given in ascending order, share a page in some column. */
export function sharePage(pages: Pages, first: number, second: number): boolean {
  return Object.values(pages).some(
    (locations) =>
      !locations.some(({ first_row_index: start }) => Number(start) > first && Number(start) <= second),
  );
}

async function walk(file: AsyncBuffer, meta: ColumnMetaData): Promise<PageLocation[]> {
  const locations: PageLocation[] = [];
  let offset = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const end = offset + Number(meta.total_compressed_size);
  let firstRow = 0;
  while (offset < end) {
    const reader = {
      view: new DataView(await file.slice(offset, Math.min(offset + HEADER_BYTES, end))),
      offset: 0,
    };
    const header = parquetHeader(reader);
    const bytes = reader.offset + header.compressed_page_size;
    const rows = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows;
    if (rows !== undefined) {
      locations.push({
        offset: BigInt(offset),
        compressed_page_size: bytes,
        first_row_index: BigInt(firstRow),
      });
      firstRow += rows;
    }
    offset += bytes;
  }
  return locations;
}
