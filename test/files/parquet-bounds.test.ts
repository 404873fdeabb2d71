/** Parquet files that claim sizes beyond the bounds are refused before anything is unpacked. */
import type { ColumnChunk, FileMetaData } from "hyparquet";
import { describe, expect, it } from "vitest";
import { boundedCompressors, expectPageCounts, expectParquetCounts } from "../../src/files/parquet-bounds.ts";

function varint(value: number): number[] {
  const bytes: number[] = [];
  // Zigzag, as Thrift's compact protocol writes integers.
  for (let rest = BigInt(value) * 2n; ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** A data page with a header in Thrift's compact protocol, and no body. */
function page(unpacked: number, values: number): Uint8Array {
  const int = (value: number) => [0x15, ...varint(value)];
  return Uint8Array.from([
    ...int(0),
    ...int(unpacked),
    ...int(0),
    0x2c,
    ...int(values),
    ...int(0),
    ...int(3),
    ...int(3),
    0,
    0,
  ]);
}

async function look(...pages: readonly Uint8Array[]): Promise<number> {
  const bytes = Buffer.concat(pages);
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end?: number) => {
      const part = new Uint8Array(bytes.subarray(start, end));
      return Promise.resolve(part.buffer);
    },
  };
  const meta = {
    data_page_offset: 0n,
    total_compressed_size: BigInt(bytes.length),
    path_in_schema: ["text"],
  };
  return expectPageCounts(file, { meta_data: meta } as unknown as ColumnChunk, "f.parquet");
}

describe("a Parquet file", () => {
  it("is refused if a page claims to unpack to gigabytes, or to have too many values", async () => {
    await expect(look(page(1000, 10), page(1000, 10))).resolves.toBe(2000);
    await expect(look(page(1000, 10), page(2_000_000_000, 10))).rejects.toThrow(
      'f.parquet: a page of column "text" says that it unpacks to 2000000000 bytes',
    );
    await expect(look(page(10, 40_000_000), page(10, 40_000_000))).rejects.toThrow(
      'f.parquet: column "text" says that it has 80000000 values in a group',
    );
  });

  it("is refused if its row counts are forged", () => {
    const counts = (rows: number, ...groups: readonly number[]) => {
      const row_groups = groups.map((num_rows) => ({ num_rows: BigInt(num_rows) }));
      expectParquetCounts({ num_rows: BigInt(rows), row_groups } as unknown as FileMetaData, "f.parquet");
    };
    expect(() => counts(3, 1, 2)).not.toThrow();
    expect(() => counts(1e12, 3)).toThrow(
      "f.parquet: it says that it has 1000000000000 rows, and its groups have 3",
    );
    expect(() => counts(1e12, 1e12)).toThrow("f.parquet: group 0 says that it has 1000000000000 rows");
  });

  it("is not unpacked beyond the size of a page", () => {
    const unpack = boundedCompressors({ SNAPPY: (input) => input })["SNAPPY"]!;
    expect(unpack(new Uint8Array(1), 1)).toHaveLength(1);
    expect(() => unpack(new Uint8Array(1), 2_000_000_000)).toThrow("a page unpacks to 2000000000 bytes");
  });
});
