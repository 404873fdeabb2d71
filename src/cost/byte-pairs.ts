/**
 * Byte-pair merging in time n·log n. The usual merging takes time quadratic in the length of a run without word ends, and a
 * hostile prompt can make such runs very long.
 */

import type { Vocabulary } from "./tiktoken-file.ts";

/** No vocabulary in use has longer tokens. */
const MAX_TOKEN_BYTES = 255;
/** The base of the polynomial hash of bytes, modulo 2³². */
const BASE = 0x0100_0193;
/** A key in the heap is a rank times this, plus a position. Pieces are much shorter. */
const POSITIONS = 2 ** 24;
const NONE = -1;

/** Counts the tokens of a piece of text. Counting is pure; the object only reuses its scratch memory. */
export class BytePairs {
  readonly #bytes: Uint8Array;
  readonly #starts: Int32Array;
  /** Ranks by the hash of their bytes, with open addressing. −1 is an empty slot. */
  readonly #slots: Int32Array;
  readonly #powers = new Int32Array(MAX_TOKEN_BYTES + 1);
  #scratch = scratchFor(1024);

  constructor(vocabulary: Vocabulary) {
    this.#bytes = vocabulary.bytes;
    this.#starts = vocabulary.starts;
    const length = vocabulary.starts.length - 1;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(length * 2 + 2))).fill(NONE);
    this.#powers[0] = 1;
    for (let power = 1; power <= MAX_TOKEN_BYTES; power += 1)
      this.#powers[power] = Math.imul(this.#powers[power - 1]!, BASE);
    for (let rank = 0; rank < length; rank += 1) this.#enter(rank);
  }

  /**
   * The tokens of one piece: 1 if it is a token as a whole. The pair with the lowest rank is merged first, and the leftmost of
   * equals, as in tiktoken.
   */
  count(piece: Uint8Array): number {
    const { length } = piece;
    if (length < 2) return length;
    if (length > this.#scratch.next.length - 2) this.#scratch = scratchFor(length);
    const { next, before, ranks, hashes, heap } = this.#scratch;
    hashes[0] = 0;
    for (let at = 0; at < length; at += 1) {
      hashes[at + 1] = (Math.imul(hashes[at]!, BASE) + piece[at]! + 1) | 0;
      next[at] = at + 1;
      before[at] = at - 1;
    }
    if (this.#rankOf(piece, 0, length) !== NONE) return 1;
    before[length] = length - 1;
    heap.clear();
    for (let at = 0; at < length; at += 1) {
      ranks[at] = at + 2 > length ? NONE : this.#rankOf(piece, at, at + 2);
      if (ranks[at] !== NONE) heap.push(ranks[at]! * POSITIONS + at);
    }
    let parts = length;
    for (let key = heap.pop(); key !== NONE; key = heap.pop()) {
      const at = key % POSITIONS;
      // Skip a key whose part was merged since: its rank has changed.
      if (ranks[at] !== Math.floor(key / POSITIONS)) continue;
      const gone = next[at]!;
      const end = next[gone]!;
      ranks[gone] = NONE;
      next[at] = end;
      before[end] = at;
      parts -= 1;
      this.#offer(piece, at, end < length ? next[end]! : NONE);
      if (before[at]! >= 0) this.#offer(piece, before[at]!, end);
    }
    return parts;
  }

  /** Sets the rank of merging the bytes from `start` to `end`. An end of −1 means that there is no next part. */
  #offer(piece: Uint8Array, start: number, end: number): void {
    const { ranks, heap } = this.#scratch;
    const rank = end === NONE ? NONE : this.#rankOf(piece, start, end);
    ranks[start] = rank;
    if (rank !== NONE) heap.push(rank * POSITIONS + start);
  }

  #rankOf(piece: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_TOKEN_BYTES) return NONE;
    const { hashes } = this.#scratch;
    const hash = (hashes[end]! - Math.imul(hashes[start]!, this.#powers[length]!)) | 0;
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(hash, mask); this.#slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const rank = this.#slots[slot]!;
      if (this.#isAt(rank, piece, start, length)) return rank;
    }
    return NONE;
  }

  #isAt(rank: number, piece: Uint8Array, start: number, length: number): boolean {
    const from = this.#starts[rank]!;
    if (this.#starts[rank + 1]! - from !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[from + at] !== piece[start + at]) return false;
    return true;
  }

  #enter(rank: number): void {
    const end = this.#starts[rank + 1]!;
    let at = this.#starts[rank]!;
    if (at === end || end - at > MAX_TOKEN_BYTES) return;
    let hash = 0;
    for (; at < end; at += 1) hash = (Math.imul(hash, BASE) + this.#bytes[at]! + 1) | 0;
    const mask = this.#slots.length - 1;
    let slot = slotOf(hash, mask);
    while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.#slots[slot] = rank;
  }
}

/** The slot of a hash. It mixes all bits into the low ones, which choose the slot. */
function slotOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 13)) & mask;
}

function scratchFor(length: number) {
  const size = 2 ** Math.ceil(Math.log2(length + 2));
  return {
    /** For each part, the beginning of the next part, and of the part before. */
    next: new Int32Array(size),
    before: new Int32Array(size),
    /** The rank of merging a part with the next one. */
    ranks: new Int32Array(size),
    /** The hash of the piece up to each byte. */
    hashes: new Int32Array(size),
    // Each byte adds one key, and each merge adds two more.
    heap: new LeastFirst(3 * size),
  };
}

/** A binary heap of whole numbers that returns the smallest first. */
class LeastFirst {
  readonly #keys: Float64Array;
  #size = 0;

  constructor(most: number) {
    this.#keys = new Float64Array(most);
  }

  clear(): void {
    this.#size = 0;
  }

  push(key: number): void {
    const keys = this.#keys;
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      at = parent;
    }
    keys[at] = key;
  }

  /** Removes and returns the smallest number; −1 if the heap is empty. */
  pop(): number {
    if (this.#size === 0) return NONE;
    const keys = this.#keys;
    const least = keys[0]!;
    this.#size -= 1;
    const size = this.#size;
    const last = keys[size]!;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child += 1;
      if (keys[child]! >= last) break;
      keys[at] = keys[child]!;
      at = child;
    }
    keys[at] = last;
    return least;
  }
}
