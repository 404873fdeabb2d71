// @ts-check
/**
 * The interpreter's memory as pages against a floor. Between blocks the whole state of an interpreter is its memory, so
 * resetting, saving and resuming an episode are copies of the pages in which it differs from the floor.
 */
import { Buffer } from "node:buffer";

/** @typedef {import("../state.ts").PageSet} PageSet */
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
  /** @type {Layer | null} */
  let layer = null;
  let floor = segmentsOf(base, null);
  /** @type {PageSet["pages"] | null} Pages that differ from the floor, where that is known. */
  let dirty = null;

  const heap = () => Buffer.from(memory().buffer);

  /** @param {PageSet} set @param {Buffer} into */
  function putPages({ pages, data }, into) {
    for (const [first, count, at] of runsOf(pages)) {
      into.set(data.subarray(at * PAGE_BYTES, (at + count) * PAGE_BYTES), first * PAGE_BYTES);
    }
  }

  /** @param {Buffer} into */
  function putFloor(into) {
    into.set(base);
    into.fill(0, base.length);
    if (layer) putPages(layer.set, into);
  }

  /** @param {PageSet["pages"]} pages @param {Buffer} into */
  function putFloorPages(pages, into) {
    let place = 0;
    for (const page of pages) {
      const from = page * PAGE_BYTES;
      while (/** @type {Segment} */ (floor[place]).to <= from) place++;
      const { bytes, at, from: start } = /** @type {Segment} */ (floor[place]);
      const offset = bytes === ZEROS ? 0 : at + from - start;
      into.set(bytes.subarray(offset, offset + PAGE_BYTES), from);
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
        floor = segmentsOf(base, context?.set ?? null);
        putFloor(into);
      }
      if (state) putPages(state, into);
      stackPointer.value = state?.stackPointer ?? context?.set.stackPointer ?? baseStackPointer;
      dirty = state?.pages ?? new Uint32Array(0);
    },
    /** Takes what was saved just now as the floor from here on. @param {Layer} context */
    adopt(context) {
      layer = context;
      floor = segmentsOf(base, context.set);
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
  const at = bytes === ZEROS ? 0 : segment.at + from - segment.from;
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

/** The floor in order of addresses: the pages of the layer, the base between them, and zeros after its end. */
/** @param {Uint8Array} base @param {PageSet | null} layer @returns {Segment[]} */
function segmentsOf(base, layer) {
  const baseBytes = Buffer.from(base.buffer, base.byteOffset, base.length);
  /** @type {Segment[]} */
  const segments = [];
  /** @param {number} from @param {number} to */
  const addBase = (from, to) => {
    const edge = Math.min(Math.max(from, base.length), to);
    if (from < edge) segments.push({ from, to: edge, bytes: baseBytes, at: from });
    if (edge < to) segments.push({ from: edge, to, bytes: ZEROS, at: 0 });
  };
  let end = 0;
  if (layer) {
    const bytes = Buffer.from(layer.data.buffer, layer.data.byteOffset, layer.data.length);
    for (const [first, count, at] of runsOf(layer.pages)) {
      addBase(end, first * PAGE_BYTES);
      end = (first + count) * PAGE_BYTES;
      segments.push({ from: first * PAGE_BYTES, to: end, bytes, at: at * PAGE_BYTES });
    }
  }
  addBase(end, END);
  return segments;
}
