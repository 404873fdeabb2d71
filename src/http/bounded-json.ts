/** JSON of strangers: its shape is looked at before it is parsed, because many small values cost far more than their bytes. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** Commas, brackets and braces of a message, which every value but the first brings; a long reply's token ids fit. */
const MAX_VALUES = 2 ** 19;
/** Lists and objects within each other. */
const MAX_DEPTH = 200;
/** Bytes that are looked at before others have their turn. */
const TURN_BYTES = 2 ** 20;
/** Shorter messages are parsed at once. */
const SHORT_BYTES = 2 ** 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** The message could be JSON, and is not parsed: it has too many values, or they are nested too deeply. */
export class JsonBoundsError extends SyntaxError {
  override readonly name = "JsonBoundsError";
}

/**
 * The value of a UTF-8 text. Throws `SyntaxError` for what is not JSON, and `JsonBoundsError` for more than 2¹⁹ values or 200
 * levels, which are found in turns of the event loop before anything is parsed.
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

/** Where the text that begins with this quote ends: at a quote that no backslash escapes. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let before = end;
    while (bytes[before - 1] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return bytes.length;
}
