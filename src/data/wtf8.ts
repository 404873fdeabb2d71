/** UTF-8 that keeps lone surrogates as three bytes each (WTF-8, https://simonsapin.github.io/wtf-8/). */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { DataError } from "../errors.ts";

/** With the flag `u` a surrogate pair is one character, so this matches only lone surrogates. */
const LONE = /\p{Surrogate}/gu;

/** The text as UTF-8. A lone surrogate takes the three bytes of its code point. */
export function encodeWtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, encodingOf(text));
  const pieces: Buffer[] = [];
  let end = 0;
  for (const { index } of text.matchAll(LONE)) {
    const unit = text.charCodeAt(index);
    pieces.push(
      Buffer.from(text.slice(end, index), "utf8"),
      Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)),
    );
    end = index + 1;
  }
  return Buffer.concat([...pieces, Buffer.from(text.slice(end), "utf8")]);
}

/** The hash of the bytes of `encodeWtf8`, which are not made for it where Node encodes them itself. */
export function sha256OfWtf8(text: string): string {
  const hash = createHash("sha256");
  if (text.isWellFormed()) hash.update(text, encodingOf(text));
  else hash.update(encodeWtf8(text));
  return hash.digest("hex");
}

/** Of ASCII, Latin-1 is the same as UTF-8, and faster: characters are copied as they are. */
function encodingOf(text: string): "latin1" | "utf8" {
  return Buffer.byteLength(text, "utf8") === text.length ? "latin1" : "utf8";
}

/** The inverse of `encodeWtf8`. Throws `DataError` for bytes that it never writes. */
export function decodeWtf8(bytes: Uint8Array): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(all)) return all.toString("utf8");
  let [text, end] = ["", 0];
  for (let at = all.indexOf(0xed); at >= 0; at = all.indexOf(0xed, at + 1)) {
    const [middle = 0, last = 0] = [all[at + 1], all[at + 2]];
    if (middle < 0xa0 || middle > 0xbf || (last & 0xc0) !== 0x80) continue;
    text +=
      utf8(all.subarray(end, at)) + String.fromCharCode(0xd000 | ((middle & 0x3f) << 6) | (last & 0x3f));
    end = at + 3;
  }
  return text + utf8(all.subarray(end));
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new DataError("context of type str: expected UTF-8");
  return bytes.toString("utf8");
}
