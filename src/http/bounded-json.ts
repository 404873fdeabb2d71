/** Parses untrusted JSON. Its shape is checked first, since many small values cost much more memory than their bytes. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** The most values, counted by commas and opening brackets. The token ids of a long reply fit. */
const MAX_VALUES = 2 ** 19;
/** The deepest nesting of lists and objects. */
const MAX_DEPTH = 200;
/** Bytes that are checked between two turns of the event loop. */
const TURN_BYTES = 2 ** 20;
/** Shorter messages are parsed without the check. */
const SHORT_BYTES = 2 ** 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** The message was not parsed, since it has too many values or nests too deeply. */
export class JsonBoundsError extends SyntaxError {
  override readonly name = "JsonBoundsError";
}

/**
 * Parses a UTF-8 text. Throws `SyntaxError` if it is not JSON, and `JsonBoundsError` if it has more than 2¹⁹ values or 200
 * levels. The check yields to the event loop.
 */
export async function parseBoundedJson(bytes: Buffer): Promise<unknown> {
  if (bytes.length > SHORT_BYTES) await expectBounded(bytes);
  return JSON.parse(bytes.toString("utf8"));
}

async function expectBounded(bytes: Buffer): Promise<void> {
  let [values, depth, looked] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    if (at - looked >= TURN_BYTES) {
      looked = at;
      await nextTurn();
    }
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === COMMA) values += 1;
    else if (OPENING.has(byte)) {
      values += 1;
      depth += 1;
    } else if (CLOSING.has(byte)) depth -= 1;
    if (values > MAX_VALUES) throw new JsonBoundsError(`more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new JsonBoundsError(`more than ${MAX_DEPTH} levels`);
  }
}

/** The position of the quote that closes the string at `start`. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let before = end;
    while (bytes[before - 1] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return bytes.length;
}
