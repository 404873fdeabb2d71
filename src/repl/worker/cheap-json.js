// @ts-check
/** Detects JSON that is built to keep its parser busy. It counts brackets and values; texts may be long. */

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether a parser would meet at most `maxValues` values, nested at most `maxDepth` deep. Malformed JSON may pass, since a
 * parser stops at its first error and has met no more than is counted here.
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

/** The position of the quote that closes the text before `from`. @param {Uint8Array} bytes @param {number} from */
function endOfText(bytes, from) {
  for (let quote = bytes.indexOf(QUOTE, from); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let before = quote - 1;
    while (before >= from && bytes[before] === BACKSLASH) before--;
    if ((quote - 1 - before) % 2 === 0) return quote;
  }
  return bytes.length;
}
