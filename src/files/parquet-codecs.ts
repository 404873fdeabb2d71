/** Unpacks the pages of Parquet files: into as many bytes as a page says that it has, whatever its compressed bytes would give. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../errors.ts";
import { unpackZstd } from "./zstd.ts";

/** The codecs by their names in Parquet. Those that are not here write into an array of the page's size. */
export const PAGE_CODECS: Compressors = {
  ...compressors,
  BROTLI: (packed, bytes) =>
    within(bytes, (maxOutputLength) => brotliDecompressSync(packed, { maxOutputLength })),
  GZIP: (packed, bytes) =>
    isGzip(packed)
      ? within(bytes, (maxOutputLength) => gunzipSync(packed, { maxOutputLength }))
      : compressors.GZIP!(packed, bytes),
  ZSTD: unpackZstd,
};

function within(bytes: number, unpack: (most: number) => Uint8Array): Uint8Array {
  try {
    return unpack(Math.max(1, bytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new DataError(`a page says that it unpacks to ${bytes} bytes, and unpacks to more`, {
      cause: error,
    });
  }
}

function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}
