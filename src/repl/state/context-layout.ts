/** Lays a context out in shared memory as Python will hold it, so that workers only copy bytes. */
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

/** Lays out any context. This costs one copy, and a scan for the width of text beyond ASCII. */
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
  const widths = Uint8Array.from(texts, widthOf);
  const lengths = Uint32Array.from(texts, (text, at) => (widths[at] === 4 ? codePoints(text) : text.length));
  const offsets = new Float64Array(texts.length);
  let total = 0;
  texts.forEach((_, at) => {
    total = Math.ceil(total / 4) * 4;
    offsets[at] = total;
    total += (lengths[at] ?? 0) * (widths[at] || 1);
  });
  const data = new Uint8Array(new SharedArrayBuffer(total));
  const buffer = Buffer.from(data.buffer);
  texts.forEach((text, at) =>
    writeText(buffer, text, { width: widths[at] ?? 0, offset: offsets[at] ?? 0, length: lengths[at] ?? 0 }),
  );
  return { type, data, widths, lengths, offsets };
}

/** The width Python gives a str: the smallest one that fits its widest character. */
function widthOf(text: string): 0 | 1 | 2 | 4 {
  if (Buffer.byteLength(text, "utf8") === text.length) return 0;
  if (!/[\u0100-\uffff]/.test(text)) return 1;
  return /[\ud800-\udbff][\udc00-\udfff]/.test(text) ? 4 : 2;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    if ((text.codePointAt(at) ?? 0) <= 0xffff) continue;
    count--;
    at++;
  }
  return count;
}

function writeText(
  buffer: Buffer,
  text: string,
  { width, offset, length }: { width: number; offset: number; length: number },
): void {
  if (width < 2) buffer.write(text, offset, "latin1");
  else if (width === 2) buffer.write(text, offset, "utf16le");
  else writeCodePoints(new Uint32Array(buffer.buffer, offset, length), text);
}

function writeCodePoints(target: Uint32Array, text: string): void {
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    target[end++] = point;
    if (point > 0xffff) at++;
  }
}
