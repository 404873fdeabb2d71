/** Lays a context out in shared memory as Python will hold it, so that workers only copy bytes. */
import { isAscii } from "node:buffer";
import { TextFile } from "../../text-file.ts";
import type { Context } from "../../types.ts";

/**
 * The characters of every str of a context, one after the other. `widths` are the bytes per character (0: ASCII,
 * 1: Latin-1, 2: UCS-2, 4: UCS-4), `lengths` count characters, and `offsets` say where each str begins in `data`.
 * A context that is neither text nor a list of texts is one str of JSON (type `json`). A lazy text has no data here.
 * Lone surrogates are kept.
 */
export interface ContextLayout {
  readonly type: "str" | "list" | "json" | "bytes" | "lazy";
  readonly data: Uint8Array<SharedArrayBuffer>;
  readonly widths: Uint8Array;
  readonly lengths: Uint32Array;
  readonly offsets: Float64Array;
}

/** Lays out any context. This costs one copy, a look at its bytes, and a scan for the width of text beyond Latin-1. */
export function layOut(context: Context): ContextLayout {
  if (context instanceof Uint8Array) return layOutBytes(context);
  if (context instanceof TextFile) return layOut(context.load().toString("utf8"));
  if (typeof context === "string") return layOutTexts("str", [context]);
  return isTexts(context) ? layOutTexts("list", context) : layOutTexts("json", [JSON.stringify(context)]);
}

/** The layout of a lazy text, which stays with the host. */
export const lazyLayout: ContextLayout = {
  type: "lazy",
  data: new Uint8Array(new SharedArrayBuffer(0)),
  widths: new Uint8Array(0),
  lengths: new Uint32Array(0),
  offsets: new Float64Array(0),
};

function isTexts(context: Context): context is readonly string[] {
  return Array.isArray(context) && context.every((item) => typeof item === "string");
}

function layOutBytes(bytes: Uint8Array): ContextLayout {
  const data = new Uint8Array(new SharedArrayBuffer(bytes.length));
  data.set(bytes);
  const none = { widths: new Uint8Array(0), lengths: new Uint32Array(0), offsets: new Float64Array(0) };
  return { type: "bytes", data, ...none };
}

function layOutTexts(type: "str" | "list" | "json", texts: readonly string[]): ContextLayout {
  const most = texts.map(mostWidthOf);
  const offsets = new Float64Array(texts.length);
  let total = 0;
  texts.forEach((text, at) => {
    total = placeFrom(total);
    offsets[at] = total;
    total += text.length * most[at]!;
  });
  // Memory that is not written to, because characters turned out narrower or fewer, takes none of the machine's.
  const data = new Uint8Array(new SharedArrayBuffer(total));
  const buffer = Buffer.from(data.buffer);
  const written = texts.map((text, at) => writeText(buffer, text, most[at]!, offsets[at]!));
  const widths = Uint8Array.from(written, ({ width }) => width);
  return { type, data, widths, lengths: Uint32Array.from(written, ({ length }) => length), offsets };
}

/**
 * The next place for a text. Python holds the characters of a str four bytes behind a multiple of eight; between places that differ in
 * this, copying from shared memory takes twice as long.
 */
function placeFrom(total: number): number {
  return Math.ceil((total - 4) / 8) * 8 + 4;
}

const BEYOND_LATIN_1 = /[\u0100-\uffff]/;
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** The bytes per character that suffice, as Python will hold the text. It looks at every character of wide texts alone. */
function mostWidthOf(text: string): 1 | 2 | 4 {
  if (!BEYOND_LATIN_1.test(text)) return 1;
  return PAIR.test(text) ? 4 : 2;
}

/** Writes a text, and gives the width that Python says it has (0: ASCII) and its number of characters. */
function writeText(
  buffer: Buffer,
  text: string,
  width: 1 | 2 | 4,
  offset: number,
): { readonly width: 0 | 1 | 2 | 4; readonly length: number } {
  const { length } = text;
  if (width === 4) {
    const length4 = writeCodePoints(new Uint32Array(buffer.buffer, offset, length), text);
    return { width, length: length4 };
  }
  buffer.write(text, offset, width === 1 ? "latin1" : "utf16le");
  // Looking at the bytes is faster than looking at the string.
  return { width: width === 1 && isAscii(buffer.subarray(offset, offset + length)) ? 0 : width, length };
}

/** Writes the code points, and returns how many there are. */
function writeCodePoints(target: Uint32Array, text: string): number {
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A lone surrogate stays what it is.
    const next = (unit & 0xfc00) === 0xd800 ? text.charCodeAt(at + 1) : 0;
    if ((next & 0xfc00) === 0xdc00) {
      target[end++] = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
      at++;
    } else target[end++] = unit;
  }
  return end;
}
