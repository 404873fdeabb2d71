/** Reads the entries of a ZIP archive one by one, in the compressions that logs come in. */
import { inflateRawSync } from "node:zlib";
import { DataError } from "../errors.ts";
import { unpackZstd } from "./zstd.ts";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of its content. */
  readonly size: number;
  /** Throws `DataError` for content that is damaged, longer than it says, or in a compression that is not known. */
  read(): Uint8Array;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** What stands for a number that is too large for its field. */
const TOO_LARGE = 0xffffffff;
/** An entry of more bytes could not be held as one text. */
const MOST_BYTES = 500_000_000;

/** The entries in the order of the archive's directory. Throws `DataError` that names the file for what is not a whole archive. */
export function zipEntries(file: string, bytes: Buffer): ZipEntry[] {
  const end = endOf(bytes);
  if (end === -1) throw new DataError(`${file}: is not a whole ZIP archive (is it cut off?)`);
  const count = bytes.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i += 1) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL)
      throw new DataError(`${file}: the directory of the ZIP archive is damaged`);
    const nameBytes = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    entries.push(entryOf(file, bytes, name, at));
    at += CENTRAL_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** A comment of at most 65,535 bytes may stand after the end record. */
function endOf(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - END_BYTES - 0xffff);
  for (let at = bytes.length - END_BYTES; at >= lowest; at -= 1)
    if (bytes.readUInt32LE(at) === END) return at;
  return -1;
}

function entryOf(file: string, bytes: Buffer, name: string, at: number): ZipEntry {
  const method = bytes.readUInt16LE(at + 10);
  const packed = bytes.readUInt32LE(at + 20);
  const size = bytes.readUInt32LE(at + 24);
  const local = bytes.readUInt32LE(at + 42);
  const where = `${file}: ${name}`;
  return {
    name,
    size,
    read() {
      if ([packed, size, local].includes(TOO_LARGE) || size > MOST_BYTES)
        throw new DataError(`${where}: it is longer than ${MOST_BYTES} bytes`);
      if (local + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
        throw new DataError(`${where}: the ZIP archive is damaged`);
      const start = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const content = unpacked(bytes.subarray(start, start + packed), { method, size, where });
      if (content.length !== size)
        throw new DataError(`${where}: expected ${size} bytes, found ${content.length}`);
      return content;
    },
  };
}

function unpacked(
  packed: Buffer,
  { method, size, where }: { readonly method: number; readonly size: number; readonly where: string },
): Uint8Array {
  try {
    if (method === 0) return packed;
    if (method === 8) return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    if (method === 93) return unpackZstd(packed, size);
  } catch (error) {
    throw new DataError(`${where}: its content is damaged (${(error as Error).message})`, { cause: error });
  }
  throw new DataError(`${where}: is in compression ${method}; expected none, Deflate or Zstandard`);
}
