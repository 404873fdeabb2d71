// @ts-check
/** Python's character classes, written for RE2 as the inside of a bracket. */

const nonAsciiConnectors = "\\x{203F}\\x{2040}\\x{2054}\\x{FE33}\\x{FE34}\\x{FE4D}-\\x{FE4F}\\x{FF3F}";

/**
 * The members of `\d`, `\w`, `\s` and their complements in Unicode text, as `str.isdecimal`, `str.isalnum` or "_", and
 * `str.isspace` define them. `\W` is every category except letters and numbers, without the connector "_".
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
 * The inside of a bracket for the class that a letter names; undefined for other letters.
 * @param {string} letter
 * @param {boolean} isAscii
 */
export function characterClass(letter, isAscii) {
  return (isAscii ? asciiClasses : unicodeClasses)[letter];
}

/**
 * Escapes a character, so that it matches itself anywhere in an RE2 pattern.
 * @param {string} character
 */
export function quoted(character) {
  return /^[0-9A-Za-z_ ]$/.test(character) ? character : `\\x{${codePoint(character).toString(16)}}`;
}

/** @param {string} character */
function codePoint(character) {
  return /** @type {number} */ (character.codePointAt(0));
}
