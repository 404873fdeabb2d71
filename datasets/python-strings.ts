/** Strings as a Python program writes them: what stands between their quotes, with its escapes. */

const OPENING = /([uU]|[rR])?('''|"""|'|")/y;
/** What may stand between the parts of a literal. */
export const PYTHON_SPACE = /(?:[ \t\f\r\n]+|\\\r?\n|#[^\n\r]*)*/y;
const ESCAPE =
  /\\(?:\n|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\\'"abfnrtv])|(.))/gs;
const SINGLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text is no literal of the kind that was asked for. */
export class NotALiteral extends Error {}

/**
 * The string that begins at a place, or the several that stand side by side and make one, and where what follows begins; null if there
 * is none. Throws `NotALiteral` for one that Python refuses, and for characters by their names (`\\N{…}`).
 */
export function readStrings(
  text: string,
  at: number,
): { readonly value: string; readonly end: number } | null {
  let value: string | null = null;
  let end = at;
  for (;;) {
    OPENING.lastIndex = end;
    const opened = OPENING.exec(text);
    if (!opened) return value === null ? null : { value, end };
    const [opening, prefix = "", quote] = opened;
    const start = end + opening.length;
    const close = closingQuote(text, start, quote!);
    const body = text.slice(start, close);
    value = (value ?? "") + (/r/i.test(prefix) ? body : body.replace(ESCAPE, unescaped));
    PYTHON_SPACE.lastIndex = close + quote!.length;
    PYTHON_SPACE.exec(text);
    end = PYTHON_SPACE.lastIndex;
  }
}

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start; at < text.length; at += text[at] === "\\" ? 2 : 1) {
    if (text.startsWith(quote, at)) return at;
    if (text[at] === "\n" && quote.length === 1) break;
  }
  throw new NotALiteral();
}

function unescaped(
  whole: string,
  two?: string,
  four?: string,
  eight?: string,
  octal?: string,
  single?: string,
  other?: string,
): string {
  const code = two ?? four ?? eight;
  if (code !== undefined) {
    const point = Number.parseInt(code, 16);
    if (point > 0x10ffff) throw new NotALiteral();
    return String.fromCodePoint(point);
  }
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (single !== undefined) return SINGLE[single]!;
  // Python keeps the backslash of an escape that it does not know, but refuses one that is cut short or a character's name.
  if (other !== undefined && /[xuUN]/.test(other)) throw new NotALiteral();
  return other === undefined ? "" : whole;
}
