// @ts-check
/** Python's classes of characters, spelled for RE2 as the inside of a bracket. */

const nonAsciiConnectors = "\\x{203F}\\x{2040}\\x{2054}\\x{FE33}\\x{FE34}\\x{FE4D}-\\x{FE4F}\\x{FF3F}";

/**
 * What `\d`, `\w`, `\s` and their complements hold in Unicode text: `str.isdecimal`, `str.isalnum` or "_", `str.isspace`.
 * `\W` is every category but letters and numbers, less "_", which is one of the connectors.
 * @type {{ readonly [letter: string]: string }}
 */
const unicodeClasses = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  w: "\\p{L}\\p{N}_",
  W: `\\p{C}\\p{M}\\p{S}\\p{Z}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}${nonAsciiConnectors}`,
  s: "\\t-\\r\\x1C-\\x20\\x{85}\\p{Z}",
  S:
    "\\x00-\\x08\\x0E-\\x1B!-\\x{84}\\x{86}-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}" +
    "\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{10FFFF}",
};

/**
 * The same under Python's ASCII flag.
 * @type {{ readonly [letter: string]: string }}
 */
const asciiClasses = {
  d: "0-9",
  D: "\\x00-/:-\\x{10FFFF}",
  w: "0-9A-Za-z_",
  W: "\\x00-/:-@\\[-\\^`\\{-\\x{10FFFF}",
  s: "\\t-\\r ",
  S: "\\x00-\\x08\\x0E-\\x1F!-\\x{10FFFF}",
};

/**
 * The inside of a bracket for the class a letter names, or undefined for other letters.
 * @param {string} letter
 * @param {boolean} isAscii
 */
export function characterClass(letter, isAscii) {
  return (isAscii ? asciiClasses : unicodeClasses)[letter];
}

/**
 * A character that stands for itself anywhere in an RE2 pattern.
 * @param {string} character
 */
export function quoted(character) {
  return /^[0-9A-Za-z_ ]$/.test(character) ? character : `\\x{${codePoint(character).toString(16)}}`;
}

/** @param {string} character */
function codePoint(character) {
  return /** @type {number} */ (character.codePointAt(0));
}
