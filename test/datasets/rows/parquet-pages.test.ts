import { fileURLToPath } from "node:url";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { describe, expect, it } from "vitest";
import { pagesOf, sharePage } from "../../../datasets/rows/parquet-pages.ts";

const path = fileURLToPath(new URL("../../data/tables/oolong-zstd.parquet", import.meta.url));

describe("pagesOf", () => {
  it("finds every page up to the end of the chunk, so that rows are read correctly", async () => {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const pageLocationsByGroup = await Promise.all(
      metadata.row_groups.map((group) => pagesOf(file, group, undefined, 0)),
    );
    for (const [i, group] of metadata.row_groups.entries()) {
      for (const { meta_data: meta } of group.columns) {
        const pages = pageLocationsByGroup[i]?.[meta?.path_in_schema[0] ?? ""] ?? [];
        const last = pages.at(-1);
        const start = Number(meta?.dictionary_page_offset ?? meta?.data_page_offset);
        expect(Number(last?.offset) + Number(last?.compressed_page_size)).toBe(
          start + Number(meta?.total_compressed_size),
        );
        expect(pages[0]?.first_row_index).toBe(0n);
      }
    }
    const options = { file, metadata, compressors, rowStart: 3, rowEnd: 4 };
    const located = { ...options, useOffsetIndex: true, pageLocationsByGroup };
    expect(await parquetReadObjects(located)).toEqual(await parquetReadObjects(options));
  });

  it("skips small columns and columns that nobody asked for", async () => {
    const file = await asyncBufferFromFile(path);
    const { row_groups } = await parquetMetadataAsync(file);
    const group = row_groups[0] as (typeof row_groups)[number];
    expect(await pagesOf(file, group, undefined)).toEqual({});
    expect(Object.keys(await pagesOf(file, group, ["id", "question"], 0))).toEqual(["id", "question"]);
  });
});

describe("sharePage", () => {
  it("tells whether any column holds both rows in one page", () => {
    const page = (row: number) => ({ offset: 0n, compressed_page_size: 1, first_row_index: BigInt(row) });
    const pages = { text: [page(0), page(2), page(4)] };
    expect(sharePage(pages, 0, 1)).toBe(true);
    expect(sharePage(pages, 1, 2)).toBe(false);
    expect(sharePage(pages, 2, 4)).toBe(false);
    expect(sharePage({ ...pages, id: [page(0)] }, 2, 4)).toBe(true);
    expect(sharePage({}, 0, 1)).toBe(false);
  });
});
