// @ts-check
/** A sparse index between bytes, characters and lines. It is built block by block, only as far as needed. */
import { boundaryAt, skipCharacters, tally } from "./utf8.js";

/** Bytes between two entries. At most this many are read again to convert one offset. */
const blockBytes = 2 ** 16;

/** @typedef {() => Promise<void>} Pause Lets other requests run; throws if this one was cancelled. */

export class Offsets {
  /** @type {import("./source.js").Source} */
  #source;
  // Entry k is the number of bytes, characters and newlines before block k. The last entry is the end of the index so far.
  /** @type {number[]} */
  #bytes = [0];
  /** @type {number[]} */
  #characters = [0];
  /** @type {number[]} */
  #lines = [0];

  /** @param {import("./source.js").Source} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * The number of characters in the whole text.
   * @param {Pause} pause
   */
  async length(pause) {
    await this.#reach(() => false, pause);
    return last(this.#characters);
  }

  /**
   * The byte at which a character starts; the text's size for a character past the end.
   * @param {number} character
   * @param {Pause} pause
   */
  async byteOf(character, pause) {
    await this.#reach(() => last(this.#characters) >= character, pause);
    const block = lastAtMost(this.#characters, character);
    const start = entry(this.#bytes, block);
    const before = entry(this.#characters, block);
    if (block === this.#bytes.length - 1) return start;
    const end = entry(this.#bytes, block + 1);
    if (end - start === entry(this.#characters, block + 1) - before) return start + character - before;
    return start + skipCharacters(this.#source.read(start, end), 0, character - before);
  }

  /**
   * The numbers of characters and newlines before a byte. A character must start at the byte.
   * @param {number} byte
   * @param {Pause} pause
   */
  async positionOf(byte, pause) {
    await this.#reach(() => last(this.#bytes) >= byte, pause);
    const block = lastAtMost(this.#bytes, byte);
    const bytes = this.#source.read(entry(this.#bytes, block), byte);
    const { characters, newlines } = tally(bytes);
    return {
      character: entry(this.#characters, block) + characters,
      line: entry(this.#lines, block) + newlines,
    };
  }

  /**
   * @param {() => boolean} isEnough
   * @param {Pause} pause
   */
  async #reach(isEnough, pause) {
    while (!isEnough() && last(this.#bytes) < this.#source.size) {
      this.#addBlock();
      await pause();
    }
  }

  #addBlock() {
    const start = last(this.#bytes);
    const end = Math.min(this.#source.size, start + blockBytes);
    const read = this.#source.read(start, Math.min(this.#source.size, end + 3), scratch);
    const block = read.subarray(0, boundaryAt(read, end - start));
    this.#bytes.push(start + block.length);
    const { characters, newlines } = tally(block);
    this.#characters.push(last(this.#characters) + characters);
    this.#lines.push(last(this.#lines) + newlines);
  }
}

// One buffer serves all texts, since each use ends before other code runs.
const scratch = Buffer.allocUnsafeSlow(blockBytes + 3);

/**
 * The index of the last entry that is at most a value. The entries never decrease.
 * @param {readonly number[]} entries
 * @param {number} value
 */
function lastAtMost(entries, value) {
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (entry(entries, middle) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param {readonly number[]} entries */
function last(entries) {
  return entry(entries, entries.length - 1);
}

/**
 * @param {readonly number[]} entries
 * @param {number} index
 */
function entry(entries, index) {
  return /** @type {number} */ (entries[index]);
}
