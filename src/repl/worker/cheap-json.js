// @ts-check
/** Tells JSON that is cheap to parse from JSON built to keep its reader busy. Texts may be long; brackets and values are counted. */

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether a parser would meet at most `maxValues` values, nested at most `maxDepth` deep. Malformed JSON may pass: up to
 * where a parser stops, both read the same.
 * @param {Uint8Array} bytes @param {number} maxDepth @param {number} maxValues
 */
export function isCheapJson(bytes, maxDepth, maxValues) {
  let [depth, values] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++;
      values++;
    } else if (byte === COMMA) values++;
    if (depth > maxDepth || values > maxValues) return false;
  }
  return true;
}

/** Where the text that began before `from` has its closing quote. @param {Uint8Array} bytes @param {number} from */
function endOfText(bytes, from) {
  for (let quote = bytes.indexOf(QUOTE, from); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let before = quote - 1;
    while (before >= from && bytes[before] === BACKSLASH) before--;
    if ((quote - 1 - before) % 2 === 0) return quote;
  }
  return bytes.length;
}
