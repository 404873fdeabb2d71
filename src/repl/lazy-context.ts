/** When a context is a lazy text: a `LazyText` in Python, whose text stays with the host. */
import type { ContextSummary } from "../types.ts";

/** A str with more characters than this stays with the host. */
export const MOST_STR_CHARS = 2 ** 26;

/** Whether Python finds a `LazyText` in place of the context, as far as its summary tells. */
export function isLazy({ type, chars }: ContextSummary): boolean {
  return type === "str" && chars > MOST_STR_CHARS;
}

/** Whether a text has more characters, as Python counts them, than a str may have here. */
export function isTooLongForStr(text: string): boolean {
  if (text.length <= MOST_STR_CHARS) return false;
  // A character takes two units at the most.
  if (text.length > 2 * MOST_STR_CHARS) return true;
  let chars = text.length;
  for (let i = 0; i < text.length - 1 && chars > MOST_STR_CHARS; i += 1)
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) chars -= 1;
  return chars > MOST_STR_CHARS;
}
