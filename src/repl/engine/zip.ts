/** Reads zip archives in memory, which is what wheels are. (PKWARE APPNOTE 6.3.10, without encryption, parts and ZIP64.) */
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 1;

/** One file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** The unpacked size in bytes, as the archive states it. `read` never returns more. */
  readonly bytes: number;
  /** The unpacked bytes. Throws an `Error` if they are damaged. */
  read(): Buffer;
}

/** The files of an archive. Throws an `Error` if it is not a zip archive, is cut short, or has an unsupported feature. */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || archive.readUInt32LE(at) !== ENTRY)
      throw new Error(`its table of files is damaged at entry ${index + 1} of ${count}`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      archive.readUInt16LE(at + field),
    );
    const name = archive.toString("utf8", at + 46, at + 46 + (nameBytes ?? 0));
    if (!name.endsWith("/")) entries.push(entryOf(archive, at, name));
    at += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return entries;
}

function findEnd(archive: Buffer): number {
  const lowest = Math.max(0, archive.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = archive.length - END_BYTES; at >= lowest; at--) {
    if (archive.readUInt32LE(at) === END) return at;
  }
  throw new Error("it is not a zip archive, or it was cut short");
}

function entryOf(archive: Buffer, at: number, name: string): ZipEntry {
  const [flags, method] = [archive.readUInt16LE(at + 8), archive.readUInt16LE(at + 10)];
  const [crc, packed, bytes, offset] = [16, 20, 24, 42].map((field) => archive.readUInt32LE(at + field)) as [
    number,
    number,
    number,
    number,
  ];
  if ((flags & ENCRYPTED) !== 0) throw new Error(`its file ${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`its file ${name} is compressed by method ${method}: expected deflate or none`);
  const read = () => {
    if (offset + 30 > archive.length || archive.readUInt32LE(offset) !== LOCAL)
      throw new Error(`its file ${name} is missing`);
    const from = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
    const content = unpack(archive.subarray(from, from + packed), method, bytes);
    if (content?.length !== bytes || crc32(content) !== crc) throw new Error(`its file ${name} is damaged`);
    return content;
  };
  return { name, bytes, read };
}

/** Returns null if the data cannot be unpacked into that many bytes. */
function unpack(packed: Buffer, method: number, bytes: number): Buffer | null {
  if (method === STORED) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    return null;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of zip archives (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ Number(CRC_TABLE[(value ^ byte) & 0xff]);
  return ~value >>> 0;
}
