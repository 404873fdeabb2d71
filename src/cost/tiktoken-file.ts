/** Reads a vocabulary from a file of tiktoken's: a line for each token, with its bytes in base64 and its rank. */

/** A vocabulary by rank. */
export interface Vocabulary {
  /** The bytes of all tokens, one after the other. */
  readonly bytes: Uint8Array;
  /** The offset in `bytes` at which each rank's bytes begin, and at which the last one's end. */
  readonly starts: Int32Array;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_DIGIT = 255;
const [LINE_FEED, ZERO] = [10, 48];
/** Each line holds at least four digits of base64, a blank, a digit and its end. */
const LEAST_LINE_BYTES = 7;

/**
 * The tokens of a file, whose ranks must count from 0. It passes over the bytes once, and makes no string of any line: there are
 * 200,000 of them. Throws an `Error` that names the line of another rank.
 */
export function readTiktoken(file: Uint8Array): Vocabulary {
  const digits = new Uint8Array(256).fill(NO_DIGIT);
  for (let value = 0; value < BASE64.length; value += 1) digits[BASE64.charCodeAt(value)] = value;
  const { length } = file;
  const bytes = new Uint8Array(length);
  const starts = new Int32Array(Math.floor(length / LEAST_LINE_BYTES) + 1);
  let rank = 0;
  let end = 0;
  let at = 0;
  while (at < length) {
    let held = 0;
    let heldBits = 0;
    for (let digit = digits[file[at]!]!; digit !== NO_DIGIT; digit = digits[file[at]!]!) {
      held = (held << 6) | digit;
      heldBits += 6;
      at += 1;
      if (heldBits < 8) continue;
      heldBits -= 8;
      bytes[end] = held >>> heldBits;
      end += 1;
      held &= 255;
    }
    let told = 0;
    // After the digits stand their padding and a blank.
    for (; at < length && file[at] !== LINE_FEED; at += 1)
      if (file[at]! >= ZERO && file[at]! < ZERO + 10) told = told * 10 + file[at]! - ZERO;
    if (told !== rank) throw new Error(`line ${rank + 1}: expected rank ${rank}, got ${told}`);
    at += 1;
    rank += 1;
    starts[rank] = end;
  }
  return { bytes: bytes.slice(0, end), starts: starts.slice(0, rank + 1) };
}
