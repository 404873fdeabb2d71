/** Unpacks Zstandard into as many bytes as there are to be, whatever the compressed bytes would give. (RFC 8878) */
import { decompressZstd } from "hyparquet-compressors";
import { DataError } from "../errors.ts";

const FRAME = 0xfd2fb528;
/** Kinds of blocks: of one byte over and over, and of which the header does not say what it unpacks to. */
const [RLE, COMPRESSED] = [1, 2];

interface Frame {
  /** Where it ends. */
  readonly end: number;
  /** Its unpacked bytes; null if it does not say. */
  readonly bytes: number | null;
  /** What its blocks unpack to at the least. */
  readonly least: number;
}

/** Throws an `Error` for damaged bytes and for a frame that says that it has others, and `DataError` for frames that it cannot tell apart. */
export function unpackZstd(packed: Uint8Array, bytes: number): Uint8Array {
  const output = new Uint8Array(bytes);
  let at = 0;
  for (let start = 0; start < packed.length;) {
    const rest = packed.subarray(start);
    const frame = firstFrame(rest);
    const isOnly = start === 0 && frame.end === packed.length;
    if (!isOnly && frame.bytes === null)
      throw new DataError("several ZSTD frames that do not say how long they are");
    if (frame.least > bytes - at || (isOnly && frame.bytes !== null && frame.bytes !== bytes))
      throw new Error(`expected ${bytes} bytes, found ${Math.max(frame.least, frame.bytes ?? 0)} or more`);
    const own = output.subarray(at, isOnly ? bytes : at + frame.bytes!);
    decompressZstd(rest.subarray(0, frame.end), own);
    start += frame.end;
    at += own.length;
  }
  return output;
}

/** The first frame, by the headers of its blocks. What is no frame ends where the bytes do, and the decoder says what is wrong. */
function firstFrame(packed: Uint8Array): Frame {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const unread = { end: packed.length, bytes: null, least: 0 };
  if (packed.length < 18 || view.getUint32(0, true) !== FRAME) return unread;
  const flags = view.getUint8(4);
  const isSingleSegment = (flags >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeAt = 5 + (1 - isSingleSegment) + dictionaryBytes;
  const [sizeBytes, bytes] = sizeIn(view, sizeAt, { code: flags >> 6, isSingleSegment });
  const checksumBytes = ((flags >> 2) & 1) * 4;
  let least = 0;
  for (let at = sizeAt + sizeBytes; at + 3 <= packed.length;) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const [kind, size] = [(header >> 1) & 3, header >> 3];
    if (kind !== COMPRESSED) least += size;
    at += 3 + (kind === RLE ? 1 : size);
    if (header & 1) return { end: Math.min(packed.length, at + checksumBytes), bytes, least };
  }
  return unread;
}

/** How many bytes the field of the size has, and what it says. */
function sizeIn(
  view: DataView,
  at: number,
  { code, isSingleSegment }: { readonly code: number; readonly isSingleSegment: number },
): [bytes: number, size: number | null] {
  if (code === 3) return [8, Number(view.getBigUint64(at, true))];
  if (code === 2) return [4, view.getUint32(at, true)];
  if (code === 1) return [2, view.getUint16(at, true) + 256];
  return isSingleSegment === 1 ? [1, view.getUint8(at)] : [0, null];
}
