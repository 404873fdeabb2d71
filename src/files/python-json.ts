/** Reads JSON as Python's `json.dump` writes it: with NaN, Infinity and -Infinity for numbers that are not finite. */

const NOT_FINITE = /-?(?:NaN|Infinity)/y;

/**
 * Parses a text, with `standIn` (default: null) for numbers that are not finite. Throws `SyntaxError` if it is still not JSON.
 */
export function parsePythonJson(text: string, standIn: string | null = null): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(withStandIns(text, JSON.stringify(standIn)));
  }
}

/** Replaces constants in one pass over the text, and skips strings. */
function withStandIns(text: string, standIn: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    if (char === '"') {
      at = endOfString(text, at + 1);
      continue;
    }
    NOT_FINITE.lastIndex = at;
    const found = char === "-" || char === "N" || char === "I" ? NOT_FINITE.exec(text) : null;
    if (!found) {
      at += 1;
      continue;
    }
    parts.push(text.slice(from, at), standIn);
    at += found[0].length;
    from = at;
  }
  return parts.join("") + text.slice(from);
}

/** The position after the quotation mark that closes the string. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
