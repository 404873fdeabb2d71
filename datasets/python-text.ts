/** Text as Python reads it, for scorers that were written in Python: its white space and its whole numbers. */

/** What `str.isspace` and `\\s` of `re` hold for, as a class of a pattern; JavaScript's `\s` lacks four separators and has the byte-order mark. */
// oxlint-disable-next-line no-control-regex -- the separators
export const WHITE_SPACE =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const RUNS = new RegExp(`${WHITE_SPACE}+`);
const SPACE = new RegExp(WHITE_SPACE);
/** The same as codes, since an answer of many spaces asks for each of them. */
const SPACES: ReadonlySet<number> = new Set(
  Array.from({ length: 0x3001 }, (_, code) => code).filter((code) => SPACE.test(String.fromCharCode(code))),
);
const WHOLE_NUMBER = /^[+-]?\p{Nd}+(?:_\p{Nd}+)*$/u;

/** `char.isspace()` */
export function isSpace(char: string): boolean {
  return SPACES.has(char.charCodeAt(0));
}

/** `text.strip()` */
export function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACES.has(text.charCodeAt(start))) start += 1;
  while (end > start && SPACES.has(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** `text.split()` */
export function words(text: string): string[] {
  const stripped = strip(text);
  return stripped === "" ? [] : stripped.split(RUNS);
}

/** `int(text)`, including digits of any script; null if Python raises. Approximate beyond 2^53. */
export function toInt(text: string): number | null {
  const stripped = strip(text);
  if (!WHOLE_NUMBER.test(stripped)) return null;
  return Number(asciiDigits(stripped.replaceAll("_", "")));
}

/** The text with `0` to `9` for the digits of every script, which Unicode keeps in runs of ten. */
export function asciiDigits(text: string): string {
  return text.replace(/[^\P{Nd}0-9]/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    if (code >= 0x1d7ce && code <= 0x1d7ff) return String((code - 0x1d7ce) % 10);
    let value = 0;
    while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1;
    return String(value);
  });
}
