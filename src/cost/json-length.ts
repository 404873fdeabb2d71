/** How long a text is as JSON, without writing it. */

/** Characters that take a backslash and a letter; other control characters take six. */
const SHORT_ESCAPES = new Set(Buffer.from('"\\\b\t\n\f\r', "latin1"));

/** The characters of `JSON.stringify(text)` between its quotes. */
export function jsonLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x5c) continue;
    if (SHORT_ESCAPES.has(code)) length += 1;
    else if (code < 0x20) length += 5;
  }
  return text.isWellFormed() ? length : length + 5 * text.match(/\p{Cs}/gu)!.length;
}
