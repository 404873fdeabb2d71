// @ts-check
/** Compiles patterns in the syntax of Python's `re` for a matcher whose time is linear in the length of the text. */
import { RE2JS } from "re2js";
import { TextFault, messageOf } from "./fault.js";
import { translatePattern } from "./pattern-syntax.js";

/** The most instructions of a compiled pattern. Matching one character may take as many operations. */
const maxProgramSize = 5000;

/** @typedef {import("./pattern-syntax.js").Translated & { regex: RE2JS }} Pattern */

/**
 * `^` and `$` match at every line, as with Python's MULTILINE; `\A` and `\Z` match at the ends of the text. `\b` knows only
 * ASCII words. Throws a `TextFault` for a pattern that cannot be used.
 * @param {string} source
 * @returns {Pattern}
 */
export function compilePattern(source) {
  const translated = translatePattern(source);
  const regex = compile(source, translated);
  if (regex.programSize() > maxProgramSize)
    throw new TextFault("usage", `pattern ${JSON.stringify(source)}: its repetitions are too large together`);
  return { ...translated, regex };
}

/**
 * @param {string} source
 * @param {import("./pattern-syntax.js").Translated} translated
 */
function compile(source, { expression, flags }) {
  const insensitive = flags.has("i") ? RE2JS.CASE_INSENSITIVE : 0;
  const dotAll = flags.has("s") ? RE2JS.DOTALL : 0;
  try {
    return RE2JS.compile(expression, RE2JS.MULTILINE | insensitive | dotAll);
  } catch (error) {
    const reason = messageOf(error).replace("error parsing regexp: ", "");
    throw new TextFault("usage", `pattern ${JSON.stringify(source)}: ${reason}`);
  }
}
