/** Reads the bytes of a data file, unpacked if it is compressed. Errors name a missing or damaged file. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { DataError, UsageError } from "../../src/errors.ts";

/** Refuses a longer row before taking memory for it: a compressed file of a few megabytes may hold one. */
export const MOST_ROW_BYTES = 256_000_000;

/** Throws `DataError` if the row being read is longer than rows may be. */
export function expectRowLength(bytes: number, origin: string): void {
  if (bytes > MOST_ROW_BYTES)
    throw new DataError(`${origin}: expected a row of at most ${MOST_ROW_BYTES} bytes`);
}

/** A file's bytes in chunks; `.gz` is unpacked. */
export async function* readBytes(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file);
  let total = 0;
  try {
    for await (const chunk of file.endsWith(".gz") ? unpacked(stream) : stream) {
      total += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fileError(file, error);
  } finally {
    stream.destroy();
  }
  if (total === 0) throw new DataError(`${file}: the file is empty`);
}

/** Yields what came before a fault before throwing it, so that a truncated file keeps its first rows. */
async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const ready: Buffer[] = [];
  let wake = () => {};
  // What follows the packed bytes and is not packed ends the stream before its input does.
  let hasEnded = false;
  gunzip.on("data", (chunk: Buffer) => ready.push(chunk)).on("error", () => wake());
  gunzip.once("end", () => {
    hasEnded = true;
    wake();
  });
  const done = (act: (resolve: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      act(resolve);
    });
  for await (const chunk of packed) {
    if (hasEnded) break;
    await done((resolve) => gunzip.write(chunk, () => resolve()));
    yield* ready.splice(0);
    if (gunzip.errored) throw gunzip.errored;
  }
  await done((resolve) => (hasEnded ? resolve() : gunzip.end()));
  yield* ready.splice(0);
  if (gunzip.errored) throw gunzip.errored;
}

/** A usage error if the file cannot be opened, a data error if its content is damaged. */
export function fileError(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const isOpening = code === "ENOENT" || code === "EACCES" || code === "EISDIR" || code === "EPERM";
  const Kind = isOpening ? UsageError : DataError;
  return new Kind(`${file}: cannot be read (${message})`, { cause: error });
}

/** Decodes UTF-8, without a byte-order mark. Throws `DataError` that names the origin if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, origin: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError(`${origin}: the bytes are not UTF-8`, { cause: error });
  }
}
