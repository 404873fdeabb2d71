// @ts-check
/** Searches for literal bytes in pieces, which overlap so that an occurrence across a boundary is found. */

const pieceBytes = 2 ** 20;
const firstPieceBytes = 2 ** 15;

/**
 * The starts of the occurrences from left to right, without overlaps.
 * @param {import("./source.js").Source} source
 * @param {Buffer} needle
 * @param {number} start
 * @param {number} end
 * @param {import("./offsets.js").Pause} pause
 */
export async function* occurrences(source, needle, start, end, pause) {
  let cursor = start;
  for await (const { at, bytes } of pieces(source, needle.length - 1, start, end, pause)) {
    let found = bytes.indexOf(needle, Math.max(0, cursor - at));
    while (found >= 0) {
      cursor = at + found + needle.length;
      yield at + found;
      found = bytes.indexOf(needle, cursor - at);
    }
  }
}

/**
 * The first occurrence, or -1.
 * @param {import("./source.js").Source} source
 * @param {Buffer} needle
 * @param {number} start
 * @param {number} end
 * @param {import("./offsets.js").Pause} pause
 */
export async function firstOccurrence(source, needle, start, end, pause) {
  for await (const found of occurrences(source, needle, start, end, pause)) return found;
  return -1;
}

/**
 * The last occurrence, or -1.
 * @param {import("./source.js").Source} source
 * @param {Buffer} needle
 * @param {number} start
 * @param {number} end
 * @param {import("./offsets.js").Pause} pause
 */
export async function lastOccurrence(source, needle, start, end, pause) {
  const overlap = needle.length - 1;
  const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, Math.max(0, end - start)) + overlap);
  for (let to = end; to - overlap > start; to -= pieceBytes) {
    const from = Math.max(start, to - pieceBytes - overlap);
    const found = source.read(from, to, buffer).lastIndexOf(needle);
    if (found >= 0) return from + found;
    await pause();
  }
  return -1;
}

/**
 * The number of occurrences, without overlaps.
 * @param {import("./source.js").Source} source
 * @param {Buffer} needle
 * @param {number} start
 * @param {number} end
 * @param {import("./offsets.js").Pause} pause
 */
export async function countOccurrences(source, needle, start, end, pause) {
  let count = 0;
  let cursor = start;
  for await (const { at, bytes } of pieces(source, needle.length - 1, start, end, pause)) {
    let found = bytes.indexOf(needle, Math.max(0, cursor - at));
    while (found >= 0) {
      count += 1;
      cursor = at + found + needle.length;
      found = bytes.indexOf(needle, cursor - at);
    }
  }
  return count;
}

/**
 * Reads pieces of growing length, so that a search that ends soon reads little.
 * @param {import("./source.js").Source} source
 * @param {number} overlap
 * @param {number} start
 * @param {number} end
 * @param {import("./offsets.js").Pause} pause
 */
async function* pieces(source, overlap, start, end, pause) {
  const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, Math.max(0, end - start)) + overlap);
  let length = firstPieceBytes;
  for (let at = start; at < end; at += length, length = Math.min(2 * length, pieceBytes)) {
    yield { at, bytes: source.read(at, Math.min(end, at + length + overlap), buffer) };
    await pause();
  }
}
