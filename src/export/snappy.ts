/** Snappy's compression (google/snappy, format_description.txt): pages of long texts are most of the work of a Parquet file. */

const HASH_BITS = 14;
/** A copy says in two bytes how far back it goes. */
const FARTHEST = 0xffff;
/** Bytes at the end that are always written as they are, so that words of four can be read without a look at the end. */
const MARGIN = 15;

const table = new Uint32Array(1 << HASH_BITS);

/** The compressed bytes, in memory of their own. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const { length } = input;
  const output = new Uint8Array(32 + length + Math.ceil(length / 6));
  const view = new DataView(input.buffer, input.byteOffset, length);
  let at = writeLength(output, length);
  let written = 0;
  const end = length - MARGIN;
  table.fill(0);
  // The first place is left out, so that 0 in the table stands for none.
  let place = 1;
  // Where nothing has been found for long, most is passed over: what is random is not worth the search.
  let misses = 32;
  while (place < end) {
    const word = view.getUint32(place, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const before = table[slot]!;
    table[slot] = place;
    if (before === 0 || place - before > FARTHEST || view.getUint32(before, true) !== word) {
      place += misses >>> 5;
      misses += 1;
      continue;
    }
    at = writeLiteral(output, at, input, written, place);
    let stop = place + 4;
    for (let same = before + 4; stop < length && input[stop] === input[same]; same += 1) stop += 1;
    at = writeCopy(output, at, place - before, stop - place);
    if (stop < end)
      table[Math.imul(view.getUint32(stop - 1, true), 0x1e35a7bd) >>> (32 - HASH_BITS)] = stop - 1;
    written = stop;
    place = stop;
    misses = 32;
  }
  at = writeLiteral(output, at, input, written, length);
  return output.subarray(0, at);
}

function writeLength(output: Uint8Array, length: number): number {
  let at = 0;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) output[at++] = (rest & 0x7f) | 0x80;
  output[at++] = rest;
  return at;
}

function writeLiteral(
  output: Uint8Array,
  from: number,
  input: Uint8Array,
  start: number,
  end: number,
): number {
  let at = from;
  const size = end - start;
  if (size === 0) return at;
  if (size <= 60) {
    output[at++] = (size - 1) << 2;
    for (let i = start; i < end; i += 1) output[at++] = input[i]!;
    return at;
  }
  const bytes = size <= 0x100 ? 1 : size <= 0x10000 ? 2 : size <= 0x1000000 ? 3 : 4;
  output[at++] = (59 + bytes) << 2;
  for (let i = 0; i < bytes; i += 1) output[at++] = (size - 1) >>> (i * 8);
  output.set(input.subarray(start, end), at);
  return at + size;
}

/** In pieces of 64 bytes at most; a piece is never shorter than the 4 that a short copy has to be. */
function writeCopy(output: Uint8Array, from: number, distance: number, length: number): number {
  let at = from;
  let rest = length;
  while (rest > 0) {
    const size = rest > 67 ? 64 : rest > 64 ? 60 : rest;
    if (size < 12 && distance < 2048) {
      output[at++] = 1 | ((size - 4) << 2) | ((distance >>> 8) << 5);
      output[at++] = distance & 0xff;
    } else {
      output[at++] = 2 | ((size - 1) << 2);
      output[at++] = distance & 0xff;
      output[at++] = distance >>> 8;
    }
    rest -= size;
  }
  return at;
}
