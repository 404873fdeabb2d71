/** Damaged and hostile files that a fuzz brought to light: each ends in rows or in a named error, and nothing hangs or crashes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { readRows } from "../../../datasets/rows/read-rows.ts";
import { validateFile } from "../../../src/export/validate.ts";
import { DataError } from "../../../src/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-damaged-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SNAPPY = readFileSync(new URL("../../data/tables/oolong-snappy.parquet", import.meta.url));

async function rowsOf(name: string, bytes: Uint8Array): Promise<unknown[]> {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const rows: unknown[] = [];
  for await (const { fields } of readRows([file])) rows.push(fields);
  return rows;
}

describe("a gzip", () => {
  it("that is followed by other bytes ends, with the rows before them", async () => {
    const packed = gzipSync("a,b\n1,2\n");
    for (const padding of [10, 300_000]) {
      const bytes = Buffer.concat([packed, Buffer.alloc(padding)]);
      expect(await rowsOf("followed.csv.gz", bytes)).toEqual([{ a: "1", b: "2" }]);
    }
    const found = "H4sIAAAAAAAAA0vUSeLlMtRRqtBRUFKqVFLiqlLi5TLSKeflAgA1H8HkGgAAAAAA";
    expect(await rowsOf("found.csv.gz", Buffer.from(found, "base64"))).toHaveLength(2);
    await expect(rowsOf("text.csv.gz", Buffer.concat([packed, Buffer.from("AAAA")]))).rejects.toThrow(
      DataError,
    );
  });

  it("of one line without end is refused before it is held", async () => {
    const bomb = gzipSync(Buffer.alloc(300_000_000, 120), { level: 1 });
    await expect(rowsOf("bomb.jsonl.gz", bomb)).rejects.toThrow(/at most 256000000 bytes/);
    await expect(rowsOf("bomb.csv.gz", bomb)).rejects.toThrow(/64000000 bytes/);
  });
});

describe("a Parquet file", () => {
  it("of which two columns are damaged ends in one named error, and not the process", async () => {
    const bytes = Buffer.from(SNAPPY);
    const footer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const [group] = parquetMetadata(footer).row_groups;
    const metas = group!.columns.map(({ meta_data: meta }) => meta!);
    // The type of each column's first page is one that there is not.
    for (const meta of metas) bytes[Number(meta.dictionary_page_offset ?? meta.data_page_offset) + 1] = 0x7e;
    const name = metas.at(-1)!.path_in_schema[0]!;
    bytes.write("x".repeat(name.length), bytes.lastIndexOf(name), "latin1");
    await expect(rowsOf("two.parquet", bytes)).rejects.toThrow(DataError);
    await expect(validateFile(join(folder, "two.parquet"), "segments")).rejects.toThrow(DataError);
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it("that is cut off anywhere ends in a named error", async () => {
    for (let length = 0; length < SNAPPY.length; length += 997)
      await expect(rowsOf("cut.parquet", SNAPPY.subarray(0, length))).rejects.toThrow(DataError);
  });
});
