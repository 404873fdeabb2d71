/** Finds stretches of other texts in a long text, in time linear in both. */
import { HashFilter, spread } from "./hash-filter.ts";

/** Characters of the blocks that the text is cut into: the shortest stretch that can be found. */
const BLOCK_BITS = 5;
const BLOCK_CHARS = 2 ** BLOCK_BITS;

/** Base of the rolling hash, modulo 2³². */
const BASE = 0x0100_0193;
const [BASE_2, BASE_3, BASE_4] = [powerOfBase(2), powerOfBase(3), powerOfBase(4)];
/** The weight of the character that leaves the window. */
const LEAVING = powerOfBase(BLOCK_CHARS);
/** Characters, and blocks of the text, that one step handles: some milliseconds. */
const STEP_CHARS = 65_536;
const STEP_BLOCKS = 8192;
/** Blocks to look at in one bucket, which may be long in a repetitive text. */
const MAX_STEPS = 64;

/** A stretch of the text, from `start` to just before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Looks at a block that the other text may hold at a position. Returns where to go on; the same position is the next one. */
type Visit = (block: number, position: number) => number | Generator<undefined, number>;

/** A found stretch: `at` is its range in the text, `of` its range in the other text. */
interface Match {
  readonly at: Range;
  readonly of: Range;
}

/**
 * The text's blocks by their hash. A stretch of 63 characters contains a whole block wherever it begins, so it is found;
 * shorter ones may be missed. A stretch that occurs more than once counts as its first occurrence not yet found, unless it
 * is part of a longer stretch that occurs once. Takes half a byte of memory per character.
 */
export class TextIndex {
  #text = "";
  #hashes = new Int32Array(0);
  /** The first block of each bucket, and the next block in its bucket; −1 ends the list. */
  #first = new Int32Array(0);
  #next = new Int32Array(0);
  #isRepeated = new Uint8Array(0);
  #isFound = new Uint8Array(0);
  #filter = new HashFilter(1);
  #shift = 0;

  /** The index of a text, made in steps between which other work may run. */
  static *inSteps(text: string): Generator<undefined, TextIndex> {
    const index = new TextIndex("");
    yield* index.#fill(text);
    return index;
  }

  constructor(text: string) {
    allOf(this.#fill(text));
  }

  *#fill(text: string): Generator<undefined, void> {
    const blocks = Math.floor(text.length / BLOCK_CHARS);
    const bits = Math.max(1, Math.ceil(Math.log2(blocks + 1)));
    this.#text = text;
    this.#shift = 32 - bits;
    this.#hashes = new Int32Array(blocks);
    this.#first = new Int32Array(2 ** bits).fill(-1);
    this.#next = new Int32Array(blocks);
    this.#isRepeated = new Uint8Array(blocks);
    this.#isFound = new Uint8Array(blocks);
    this.#filter = new HashFilter(bits);
    for (let end = blocks; end > 0; end -= STEP_BLOCKS) {
      this.#add(Math.max(0, end - STEP_BLOCKS), end);
      yield;
    }
  }

  /** The stretches of the other text that occur in this one, as ranges of this one, in no particular order. */
  find(other: string): Range[] {
    return allOf(this.findInSteps(other));
  }

  /** The same in steps between which other work may run. */
  *findInSteps(other: string): Generator<undefined, Range[]> {
    const found: Range[] = [];
    // The start of a stretch that occurs more than once, up to the next stretch that occurs once.
    let pending: number | null = null;
    let done = 0;
    const settle = (start: number, end: number) => this.#findRepeated(other, { start, end }, found);
    yield* this.#scan(other, { start: 0, end: other.length }, (block, position) => {
      if (this.#isRepeated[block]) {
        pending ??= position;
        return position;
      }
      const match = this.#extend(block, other, position, { start: done, end: other.length });
      if (match === null) return position;
      done = match.of.end;
      const from = pending;
      pending = null;
      return (function* () {
        // What stands more than once gives way to the longer stretch, which is marked already.
        if (from !== null) yield* settle(from, match.of.start);
        found.push(match.at);
        return match.of.end;
      })();
    });
    if (pending !== null) yield* settle(pending, other.length);
    return found;
  }

  *#findRepeated(other: string, part: Range, found: Range[]): Generator<undefined, void> {
    let done = part.start;
    yield* this.#scan(other, part, (block, position) => {
      const match = this.#extend(block, other, position, { start: done, end: part.end });
      if (match === null) return position;
      found.push(match.at);
      return (done = match.of.end);
    });
  }

  /** Calls `visit` with each block that a part of the other text may contain, and continues at the position it returns. */
  *#scan(other: string, part: Range, visit: Visit): Generator<undefined, void> {
    let position = part.start;
    let hash = hashAt(other, position);
    let looked = 0;
    while (position + BLOCK_CHARS <= part.end) {
      looked += 1;
      if (looked % STEP_CHARS === 0) yield;
      const block = this.#filter.has(hash) ? this.#find(hash) : -1;
      const visited = block === -1 ? position : visit(block, position);
      const next = typeof visited === "number" ? visited : yield* visited;
      if (next > position) hash = hashAt(other, next);
      else if (position + BLOCK_CHARS < part.end) hash = roll(hash, other, position);
      position = Math.max(next, position + 1);
    }
  }

  /**
   * The longest match around a block; null if only the hashes match. Its blocks count as found. A match that occurs
   * more than once stops where something else was already found: text that was read twice then covers two occurrences.
   */
  #extend(block: number, other: string, position: number, bounds: Range): Match | null {
    const text = this.#text;
    const shift = block * BLOCK_CHARS - position;
    const stopsAtFound = this.#isRepeated[block] === 1;
    const agrees = (at: number) =>
      other.charCodeAt(at) === text.charCodeAt(at + shift) &&
      !(stopsAtFound && this.#isFound[(at + shift) >>> BLOCK_BITS] === 1);
    const last = Math.min(bounds.end, text.length - shift);
    const first = Math.max(bounds.start, -shift);
    let [start, end] = [position, position];
    while (end < last && agrees(end)) end += 1;
    if (end - position < BLOCK_CHARS) return null;
    while (start > first && agrees(start - 1)) start -= 1;
    const at = { start: start + shift, end: end + shift };
    this.#isFound.fill(1, Math.ceil(at.start / BLOCK_CHARS), Math.floor(at.end / BLOCK_CHARS));
    return { at, of: { start, end } };
  }

  /** Adds blocks from the last to the first, so that each bucket begins with its first block. */
  #add(start: number, end: number): void {
    // Every character of a text goes through here, and an array of them is read faster than a string, most of all a concatenated one.
    const chars = charsOf(this.#text.slice(start * BLOCK_CHARS, end * BLOCK_CHARS));
    const [hashes, first, next, isRepeated] = [this.#hashes, this.#first, this.#next, this.#isRepeated];
    const [filter, shift] = [this.#filter, this.#shift];
    for (let block = end - 1; block >= start; block -= 1) {
      const hash = hashOfBlock(chars, (block - start) * BLOCK_CHARS);
      const bucket = spread(hash) >>> shift;
      if (filter.has(hash)) {
        let twin = first[bucket]!;
        for (let step = 1; twin !== -1 && hashes[twin] !== hash; step += 1)
          twin = step < MAX_STEPS ? next[twin]! : -1;
        if (twin !== -1) isRepeated[block] = isRepeated[twin] = 1;
      }
      filter.add(hash);
      hashes[block] = hash;
      next[block] = first[bucket]!;
      first[bucket] = block;
    }
  }

  /** The first block of the hash that may be taken: one that occurs once, or is not found yet; −1 if there is none. */
  #find(hash: number): number {
    const bucket = this.#bucket(hash);
    let block = this.#first[bucket]!;
    while (block !== -1 && this.#isSpent(block)) block = this.#next[block]!;
    this.#first[bucket] = block;
    for (let step = 0; block !== -1 && step < MAX_STEPS; step += 1) {
      if (this.#hashes[block] === hash && !this.#isSpent(block)) return block;
      block = this.#next[block]!;
    }
    return -1;
  }

  #isSpent(block: number): boolean {
    return this.#isFound[block] === 1 && this.#isRepeated[block] === 1;
  }

  #bucket(hash: number): number {
    return spread(hash) >>> this.#shift;
  }
}

function powerOfBase(exponent: number): number {
  return Array.from({ length: exponent }).reduce<number>((power) => Math.imul(power, BASE), 1);
}

/** Runs all steps at once. */
export function allOf<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function charsOf(text: string): Uint16Array {
  const { buffer, byteOffset } = Buffer.from(text, "utf16le");
  return new Uint16Array(buffer, byteOffset, text.length);
}

/** As `hashAt`, from four sums side by side: each alone would wait for its last product. */
function hashOfBlock(chars: Uint16Array, start: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = start; i < start + BLOCK_CHARS; i += 4) {
    a = (Math.imul(a, BASE_4) + chars[i]!) | 0;
    b = (Math.imul(b, BASE_4) + chars[i + 1]!) | 0;
    c = (Math.imul(c, BASE_4) + chars[i + 2]!) | 0;
    d = (Math.imul(d, BASE_4) + chars[i + 3]!) | 0;
  }
  return (Math.imul(a, BASE_3) + Math.imul(b, BASE_2) + Math.imul(c, BASE) + d) | 0;
}

/** The hash of the block that begins here; meaningless beyond the text's end. */
function hashAt(text: string, start: number): number {
  const end = Math.min(start + BLOCK_CHARS, text.length);
  let hash = 0;
  for (let i = start; i < end; i += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The hash of the block one character further on. */
function roll(hash: number, text: string, start: number): number {
  const entering = text.charCodeAt(start + BLOCK_CHARS);
  return (Math.imul(hash, BASE) + entering - Math.imul(text.charCodeAt(start), LEAVING)) | 0;
}
