// @ts-check
/**
 * Characters in UTF-8 that may be broken. A broken sequence reads as one U+FFFD for each maximal part, as in the Encoding
 * Standard and in Python's `errors="replace"`. Buffers are cut at boundaries between characters.
 */
import { isUtf8 } from "node:buffer";

/**
 * The first boundary between characters at or after a position. No character has more than three continuation bytes, so
 * there is always a boundary after three of them in a row.
 * @param {Buffer} bytes
 * @param {number} position
 */
export function boundaryAt(bytes, position) {
  let at = position;
  while (at < bytes.length && at < position + 3 && isContinuation(bytes, at)) at += 1;
  return at;
}

/**
 * The end of the character that starts at a position. For a broken character, this is the end of its maximal part.
 * @param {Buffer} bytes
 * @param {number} start
 */
export function characterEnd(bytes, start) {
  const lead = bytes[start] ?? 0;
  const length = sequenceLength(lead);
  if (length === 1 || !isSecondByte(lead, bytes[start + 1] ?? 0)) return start + 1;
  let end = start + 2;
  while (end < start + length && isContinuation(bytes, end)) end += 1;
  return end;
}

/**
 * The position `count` characters after `from`, or the end of the bytes.
 * @param {Buffer} bytes
 * @param {number} from
 * @param {number} count
 */
export function skipCharacters(bytes, from, count) {
  let at = from;
  for (let left = count; left > 0 && at < bytes.length; left -= 1) at = characterEnd(bytes, at);
  return Math.min(at, bytes.length);
}

/**
 * The same text in valid UTF-8.
 * @param {Buffer} bytes
 */
export function repaired(bytes) {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString("utf8"));
}

/**
 * The numbers of characters and newlines in the bytes.
 * @param {Buffer} bytes
 */
export function tally(bytes) {
  const { newlines, continuations } = countMarks(bytes);
  if (isUtf8(bytes)) return { characters: bytes.length - continuations, newlines };
  let characters = 0;
  for (let at = 0; at < bytes.length; at = characterEnd(bytes, at)) characters += 1;
  return { characters, newlines };
}

/**
 * Counts four bytes at a time. A mark is bit 7 of a byte, and each of the four bytes of a counter sums the marks of its byte.
 * @param {Buffer} bytes
 */
function countMarks(bytes) {
  const { words, rest } = inWords(bytes);
  let newlines = rest.filter((byte) => byte === 0x0a).length;
  let continuations = rest.filter((byte) => (byte & 0xc0) === 0x80).length;
  for (let at = 0; at < words.length;) {
    let newlineCounters = 0;
    let continuationCounters = 0;
    // No byte of a counter may exceed 255.
    for (const stop = Math.min(words.length, at + 255); at < stop; at += 1) {
      const word = /** @type {number} */ (words[at]);
      // A byte of `zero` is 0 for a newline. In other bytes bit 7 ends up set, by the byte itself or by the carry.
      const zero = word ^ 0x0a0a0a0a;
      const newline = ~(((zero & 0x7f7f7f7f) + 0x7f7f7f7f) | zero | 0x7f7f7f7f);
      // Continuation bytes are 10xxxxxx: bit 7 is set, and bit 6, shifted to bit 7, is not.
      const continuation = word & ~(word << 1) & 0x80808080;
      newlineCounters = (newlineCounters + (newline >>> 7)) | 0;
      continuationCounters = (continuationCounters + (continuation >>> 7)) | 0;
    }
    newlines += sumOfBytes(newlineCounters);
    continuations += sumOfBytes(continuationCounters);
  }
  return { newlines, continuations };
}

/**
 * The bytes as words of four, and the bytes before and after that do not fill a word.
 * @param {Buffer} bytes
 */
function inWords(bytes) {
  const head = -bytes.byteOffset & 3;
  if (bytes.length < head) return { words: new Int32Array(0), rest: [...bytes] };
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
  const tail = bytes.subarray(head + words.length * 4);
  return { words, rest: [...bytes.subarray(0, head), ...tail] };
}

/** @param {number} counters */
function sumOfBytes(counters) {
  return (counters & 255) + ((counters >>> 8) & 255) + ((counters >>> 16) & 255) + (counters >>> 24);
}

/**
 * @param {Buffer} bytes
 * @param {number} at
 */
function isContinuation(bytes, at) {
  return ((bytes[at] ?? 0) & 0xc0) === 0x80;
}

/** @param {number} lead */
function sequenceLength(lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

/**
 * Some lead bytes allow fewer second bytes, to exclude overlong forms, surrogates and code points above U+10FFFF.
 * @param {number} lead
 * @param {number} second
 */
function isSecondByte(lead, second) {
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}
