// @ts-check
/**
 * The interpreter's memory as pages that differ from a floor. Between blocks the memory holds the whole state of Python, so
 * resetting, saving and resuming an episode only copy the pages that differ.
 */
import { Buffer } from "node:buffer";

/** @typedef {import("../state/state.ts").PageSet} PageSet */
/** @typedef {import("../state/state.ts").Span} Span */
/** @typedef {{ id: number, set: PageSet }} Layer - the pages of a large context, which are part of the floor while it is attached */
/** @typedef {{ from: number, to: number }} Range */
/** @typedef {{ from: number, to: number, bytes: Buffer, at: number }} Segment - `[from, to)` of the floor, at offset `at` of `bytes` */

/** Small, since a block often changes only single reference counts. Even smaller pages would cost more to find. */
const PAGE_BYTES = 1024;
const BLOCK_BYTES = 65536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);
const END = 2 ** 32;

/**
 * @param {{ memory: () => import("./internals.ts").WasmMemory, stackPointer: { value: number }, base: Uint8Array, grow: (bytes: number) => void }} parts
 * `base` is the floor that every episode starts from; workers may share it.
 */
export function createImage({ memory, stackPointer, base, grow }) {
  const baseStackPointer = stackPointer.value;
  const baseSegments = segmentsOfBase(base);
  /** @type {Layer | null} */
  let layer = null;
  let floor = segmentsOf(baseSegments, null);
  /** @type {PageSet["pages"] | null} The pages that differ from the floor; null if that is not known. */
  let dirty = null;
  /** What the last `restore` left to its caller. @type {Range | null} */
  let leftOut = null;

  const heap = () => Buffer.from(memory().buffer);

  /** @param {PageSet} set @param {Buffer} into */
  function putPages({ pages, data }, into) {
    for (const [first, count, at] of runsOf(pages)) {
      into.set(data.subarray(at * PAGE_BYTES, (at + count) * PAGE_BYTES), first * PAGE_BYTES);
    }
  }

  /**
   * Copies only blocks that differ: comparing costs less than writing.
   * @param {Iterable<Range>} ranges in order of addresses @param {Buffer} into
   */
  function putFloor(ranges, into) {
    let index = 0;
    for (const range of ranges) {
      const end = Math.min(range.to, into.length);
      for (let from = range.from; from < end;) {
        while (/** @type {Segment} */ (floor[index]).to <= from) index++;
        const segment = /** @type {Segment} */ (floor[index]);
        const to = Math.min(from + BLOCK_BYTES, segment.to, end);
        const { bytes } = segment;
        const at = offsetIn(segment, from);
        if (into.compare(bytes, at, at + to - from, from, to) !== 0)
          bytes.copy(into, from, at, at + to - from);
        from = to;
      }
    }
  }

  /** @param {PageSet["pages"]} pages @param {Buffer} into */
  function putFloorPages(pages, into) {
    let index = 0;
    for (const page of pages) {
      const from = page * PAGE_BYTES;
      while (/** @type {Segment} */ (floor[index]).to <= from) index++;
      const segment = /** @type {Segment} */ (floor[index]);
      const at = offsetIn(segment, from);
      into.set(segment.bytes.subarray(at, at + PAGE_BYTES), from);
    }
  }

  /** @param {readonly Span[]} spans */
  function scan(spans) {
    const now = heap();
    /** @type {number[]} */
    const found = [];
    for (const { from: first, to: last, segment } of gapsOf(floor, spans, now.length)) {
      for (let from = first; from < last; from += BLOCK_BYTES)
        compareRange(now, segment, from, Math.min(from + BLOCK_BYTES, last), found);
    }
    return found;
  }

  return {
    /** Must be called before a block runs: after it, the pages that differ are not known. */
    touch() {
      dirty = null;
    },
    /**
     * Restores the memory of a state, or the floor if there is no state.
     * @param {PageSet | null} state @param {Layer | null} context
     * @param {number} filled bytes that the caller is about to write, most likely where the text of the last context begins: that text
     * is not cleared for them. `isWhole` must then be asked.
     */
    restore(state, context, filled = 0) {
      const need = Math.max(state?.heapBytes ?? 0, context?.set.heapBytes ?? 0);
      if (memory().buffer.byteLength < need) grow(need);
      const into = heap();
      const left = layer;
      const isOther = left?.id !== context?.id;
      if (isOther) {
        layer = context;
        floor = segmentsOf(baseSegments, context?.set ?? null);
      }
      leftOut = state || context ? null : beginningOfText(left, filled);
      if (dirty === null) {
        putFloor(without(leftOut, [{ from: 0, to: into.length }]), into);
      } else {
        putFloorPages(dirty, into);
        // Where neither layer has pages, the floor is the same under both.
        if (isOther)
          for (const one of [left, context]) if (one) putFloor(without(leftOut, heldBy(one.set)), into);
      }
      if (state) putPages(state, into);
      stackPointer.value = state?.stackPointer ?? context?.set.stackPointer ?? baseStackPointer;
      dirty = leftOut ? null : (state?.pages ?? new Uint32Array(0));
    },
    /** Whether what was written since fills all that `restore` left out. If not, the caller restores again. @param {readonly Range[]} written */
    isWhole(written) {
      const gap = leftOut;
      return gap === null || written.some(({ from, to }) => from <= gap.from && gap.to <= to);
    },
    /** Restores the floor with the layer that it has now, so that the next `restore` finds little to do. */
    clear() {
      if (dirty === null) putFloor([{ from: 0, to: memory().buffer.byteLength }], heap());
      else putFloorPages(dirty, heap());
      dirty = new Uint32Array(0);
    },
    /** Makes the memory that was just saved part of the floor. @param {Layer} context */
    adopt(context) {
      layer = context;
      floor = segmentsOf(baseSegments, context.set);
      dirty = new Uint32Array(0);
    },
    /**
     * The pages that differ from the floor. They are in shared memory, for many readers, or in memory that is moved to the
     * host: JavaScript's garbage collector does not see the size of shared memory, and would free it too late.
     * @param {{ shared: boolean, spans?: readonly Span[] }} where `spans` are runs of whole pages whose content is known to be in
     * shared memory already, in order of addresses; they are neither compared nor copied
     * @returns {PageSet}
     */
    save({ shared, spans = [] }) {
      const found = scan(spans);
      const pages = new Uint32Array(new SharedArrayBuffer(found.length * 4));
      pages.set(found);
      const bytes = found.length * PAGE_BYTES;
      const data = new Uint8Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
      const from = heap();
      for (const [first, count, at] of runsOf(pages)) {
        data.set(from.subarray(first * PAGE_BYTES, (first + count) * PAGE_BYTES), at * PAGE_BYTES);
      }
      dirty = pages;
      const set = { pages, data, heapBytes: from.length, stackPointer: stackPointer.value };
      return spans.length > 0 ? { ...set, spans } : set;
    },
  };
}

/**
 * Finds the pages of a range that differ. It compares the whole range first, and its eighths only if the range differs.
 * @param {Buffer} now @param {Segment} segment @param {number} from @param {number} to @param {number[]} found
 */
function compareRange(now, segment, from, to, found) {
  const { bytes } = segment;
  const at = offsetIn(segment, from);
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
 * Runs of consecutive pages as `[first page, count, index of the first]`.
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

/**
 * Where the text of a context began, for so many bytes of another one; the pages in which they may begin and end do not count.
 * @param {Layer | null} layer @param {number} bytes @returns {Range | null}
 */
function beginningOfText(layer, bytes) {
  const text = layer?.set.spans?.[0];
  if (!text) return null;
  const from = text.from + PAGE_BYTES;
  const to = Math.min(text.to, text.from + PAGE_BYTES * (Math.floor(bytes / PAGE_BYTES) - 2));
  return to > from ? { from, to } : null;
}

/**
 * The ranges without what lies in `gap`.
 * @param {Range | null} gap @param {Iterable<Range>} ranges @returns {Generator<Range>}
 */
function* without(gap, ranges) {
  for (const { from, to } of ranges) {
    const [before, after] = gap ? [Math.min(to, gap.from), Math.max(from, gap.to)] : [to, to];
    if (from < before) yield { from, to: before };
    if (after < to) yield { from: after, to };
  }
}

/** The offset of an address in the bytes of its segment. @param {Segment} segment @param {number} address */
function offsetIn({ bytes, at, from }, address) {
  return bytes === ZEROS ? 0 : at + address - from;
}

/**
 * The base in order of addresses, and zeros after its end. A third of the base (mainly the stack) is zeros as well; those
 * segments share one small block, so that comparing them reads less memory.
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

/**
 * The parts of the floor's segments that no span covers, up to the end of the memory.
 * @param {readonly Segment[]} floor @param {readonly Span[]} spans @param {number} end
 * @returns {Generator<{ from: number, to: number, segment: Segment }>}
 */
function* gapsOf(floor, spans, end) {
  let next = 0;
  for (const segment of floor) {
    let from = segment.from;
    const to = Math.min(segment.to, end);
    while (from < to) {
      while (next < spans.length && /** @type {Span} */ (spans[next]).to <= from) next++;
      const span = spans[next];
      if (span && span.from <= from) from = Math.min(span.to, to);
      else {
        const stop = Math.min(span?.from ?? to, to);
        yield { from, to: stop, segment };
        from = stop;
      }
    }
  }
}

/** The pages and spans of a layer, in order of addresses. @param {PageSet} layer @returns {Segment[]} */
function heldBy(layer) {
  const bytes = Buffer.from(layer.data.buffer, layer.data.byteOffset, layer.data.length);
  /** @type {Segment[]} */
  const held = (layer.spans ?? []).map(({ from, to, bytes: span, at }) => ({
    from,
    to,
    bytes: Buffer.from(span.buffer, span.byteOffset, span.length),
    at,
  }));
  for (const [first, count, at] of runsOf(layer.pages))
    held.push({ from: first * PAGE_BYTES, to: (first + count) * PAGE_BYTES, bytes, at: at * PAGE_BYTES });
  return held.toSorted((one, other) => one.from - other.from);
}

/**
 * The floor in order of addresses: the pages and spans of the layer, and the base between them.
 * @param {Segment[]} baseSegments @param {PageSet | null} layer @returns {Segment[]}
 */
function segmentsOf(baseSegments, layer) {
  if (!layer) return baseSegments;
  /** @type {Segment[]} */
  const segments = [];
  let index = 0;
  /** @param {number} from @param {number} to */
  const addBase = (from, to) => {
    for (let start = from; start < to;) {
      while (/** @type {Segment} */ (baseSegments[index]).to <= start) index++;
      const segment = /** @type {Segment} */ (baseSegments[index]);
      const end = Math.min(segment.to, to);
      segments.push({ from: start, to: end, bytes: segment.bytes, at: offsetIn(segment, start) });
      start = end;
    }
  };
  let end = 0;
  for (const segment of heldBy(layer)) {
    addBase(end, segment.from);
    end = segment.to;
    segments.push(segment);
  }
  addBase(end, END);
  return segments;
}
