// @ts-check
/**
 * The interpreter's memory as pages against a floor. Between blocks the whole state of an interpreter is its memory, so
 * resetting, saving and resuming an episode are copies of the pages in which it differs from the floor.
 */
import { Buffer } from "node:buffer";

/** @typedef {import("../state/state.ts").PageSet} PageSet */
/** @typedef {{ id: number, set: PageSet }} Layer - the pages of a large context, which belong to the floor while it is attached */
/** @typedef {{ from: number, to: number, bytes: Buffer, at: number }} Segment - `[from, to)` of the floor, found at `at` in `bytes` */

/** Small, since much of what a block touches are single counts of references; smaller ones cost more to find. */
const PAGE_BYTES = 1024;
const BLOCK_BYTES = 65536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);
const END = 2 ** 32;

/**
 * @param {{ memory: () => import("./internals.ts").WasmMemory, stackPointer: { value: number }, base: Uint8Array, grow: (bytes: number) => void }} parts
 * `base` is the floor every episode starts from; it may be shared between workers.
 */
export function createImage({ memory, stackPointer, base, grow }) {
  const baseStackPointer = stackPointer.value;
  const baseSegments = segmentsOfBase(base);
  /** @type {Layer | null} */
  let layer = null;
  let floor = segmentsOf(baseSegments, null);
  /** @type {PageSet["pages"] | null} Pages that differ from the floor, where that is known. */
  let dirty = null;

  const heap = () => Buffer.from(memory().buffer);

  /** @param {PageSet} set @param {Buffer} into */
  function putPages({ pages, data }, into) {
    for (const [first, count, at] of runsOf(pages)) {
      into.set(data.subarray(at * PAGE_BYTES, (at + count) * PAGE_BYTES), first * PAGE_BYTES);
    }
  }

  /** Copies only what differs: reading both sides costs less than writing one. @param {Buffer} into */
  function putFloor(into) {
    for (const segment of floor) {
      const end = Math.min(segment.to, into.length);
      for (let from = segment.from; from < end; from += BLOCK_BYTES) {
        const to = Math.min(from + BLOCK_BYTES, end);
        const { bytes } = segment;
        const at = placeIn(segment, from);
        if (into.compare(bytes, at, at + to - from, from, to) !== 0)
          bytes.copy(into, from, at, at + to - from);
      }
    }
  }

  /** @param {PageSet["pages"]} pages @param {Buffer} into */
  function putFloorPages(pages, into) {
    let place = 0;
    for (const page of pages) {
      const from = page * PAGE_BYTES;
      while (/** @type {Segment} */ (floor[place]).to <= from) place++;
      const segment = /** @type {Segment} */ (floor[place]);
      const at = placeIn(segment, from);
      into.set(segment.bytes.subarray(at, at + PAGE_BYTES), from);
    }
  }

  function scan() {
    const now = heap();
    /** @type {number[]} */
    const found = [];
    for (const segment of floor) {
      for (let from = segment.from; from < Math.min(segment.to, now.length); from += BLOCK_BYTES) {
        compareRange(now, segment, from, Math.min(from + BLOCK_BYTES, segment.to, now.length), found);
      }
    }
    return found;
  }

  return {
    /** A block is about to run: which pages differ is no longer known. */
    touch() {
      dirty = null;
    },
    /**
     * Makes the memory that of a state, or of the floor where there is none.
     * @param {PageSet | null} state @param {Layer | null} context
     */
    restore(state, context) {
      const need = Math.max(state?.heapBytes ?? 0, context?.set.heapBytes ?? 0);
      if (memory().buffer.byteLength < need) grow(need);
      const into = heap();
      const known = dirty !== null && layer?.id === context?.id;
      if (known && dirty) {
        putFloorPages(dirty, into);
      } else {
        layer = context;
        floor = segmentsOf(baseSegments, context?.set ?? null);
        putFloor(into);
      }
      if (state) putPages(state, into);
      stackPointer.value = state?.stackPointer ?? context?.set.stackPointer ?? baseStackPointer;
      dirty = state?.pages ?? new Uint32Array(0);
    },
    /** Takes what was saved just now as the floor from here on. @param {Layer} context */
    adopt(context) {
      layer = context;
      floor = segmentsOf(baseSegments, context.set);
      dirty = new Uint32Array(0);
    },
    /**
     * The pages that differ from the floor: in shared memory for many to read, or in memory that is moved to the host,
     * which alone is collected in time, since the engine's collector does not see the size of what is shared.
     * @param {{ shared: boolean }} where @returns {PageSet}
     */
    save({ shared }) {
      const found = scan();
      const pages = new Uint32Array(new SharedArrayBuffer(found.length * 4));
      pages.set(found);
      const bytes = found.length * PAGE_BYTES;
      const data = new Uint8Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
      const from = heap();
      for (const [first, count, at] of runsOf(pages)) {
        data.set(from.subarray(first * PAGE_BYTES, (first + count) * PAGE_BYTES), at * PAGE_BYTES);
      }
      dirty = pages;
      return { pages, data, heapBytes: from.length, stackPointer: stackPointer.value };
    },
  };
}

/**
 * Finds the pages of a range that differ: the range as a whole first, and its eighths only where it does.
 * @param {Buffer} now @param {Segment} segment @param {number} from @param {number} to @param {number[]} found
 */
function compareRange(now, segment, from, to, found) {
  const { bytes } = segment;
  const at = placeIn(segment, from);
  if (now.compare(bytes, at, at + to - from, from, to) === 0) return;
  if (to - from <= PAGE_BYTES) {
    found.push(from / PAGE_BYTES);
    return;
  }
  const part = Math.max(PAGE_BYTES, (to - from) >>> 3) & -PAGE_BYTES;
  for (let start = from; start < to; start += part) {
    compareRange(now, segment, start, Math.min(start + part, to), found);
  }
}

/**
 * Consecutive pages as `[first page, count, index of the first]`.
 * @param {PageSet["pages"]} pages @returns {Generator<[number, number, number]>}
 */
function* runsOf(pages) {
  for (let at = 0; at < pages.length;) {
    let end = at + 1;
    while (end < pages.length && pages[end] === Number(pages[end - 1]) + 1) end++;
    yield [Number(pages[at]), end - at, at];
    at = end;
  }
}

/** Where an address of a segment is found in its bytes. @param {Segment} segment @param {number} address */
function placeIn({ bytes, at, from }, address) {
  return bytes === ZEROS ? 0 : at + address - from;
}

/**
 * The base in order of addresses, and zeros after its end. A third of it is zeros as well (the stack above all), which
 * are compared without being read.
 * @param {Uint8Array} base @returns {Segment[]}
 */
function segmentsOfBase(base) {
  const bytes = Buffer.from(base.buffer, base.byteOffset, base.length);
  /** @type {Segment[]} */
  const segments = [];
  for (let from = 0; from < base.length; from += BLOCK_BYTES) {
    const to = Math.min(from + BLOCK_BYTES, base.length);
    const isZero = bytes.compare(ZEROS, 0, to - from, from, to) === 0;
    const last = segments.at(-1);
    if (last && (last.bytes === ZEROS) === isZero) last.to = to;
    else segments.push({ from, to, bytes: isZero ? ZEROS : bytes, at: isZero ? 0 : from });
  }
  segments.push({ from: base.length, to: END, bytes: ZEROS, at: 0 });
  return segments;
}

/** The floor in order of addresses: the pages of the layer, and the base between them. */
/** @param {Segment[]} baseSegments @param {PageSet | null} layer @returns {Segment[]} */
function segmentsOf(baseSegments, layer) {
  if (!layer) return baseSegments;
  const bytes = Buffer.from(layer.data.buffer, layer.data.byteOffset, layer.data.length);
  /** @type {Segment[]} */
  const segments = [];
  let place = 0;
  /** @param {number} from @param {number} to */
  const addBase = (from, to) => {
    for (let start = from; start < to;) {
      while (/** @type {Segment} */ (baseSegments[place]).to <= start) place++;
      const segment = /** @type {Segment} */ (baseSegments[place]);
      const end = Math.min(segment.to, to);
      segments.push({ from: start, to: end, bytes: segment.bytes, at: placeIn(segment, start) });
      start = end;
    }
  };
  let end = 0;
  for (const [first, count, at] of runsOf(layer.pages)) {
    addBase(end, first * PAGE_BYTES);
    end = (first + count) * PAGE_BYTES;
    segments.push({ from: first * PAGE_BYTES, to: end, bytes, at: at * PAGE_BYTES });
  }
  addBase(end, END);
  return segments;
}
