import fc from "fast-check";
import { expect, test } from "vitest";
import { createImage } from "../../../src/repl/worker/image.js";

const PAGE = 1024;
const PAGES = 192;

type PageSet = NonNullable<Parameters<ReturnType<typeof createImage>["restore"]>[0]>;
type Layer = NonNullable<Parameters<ReturnType<typeof createImage>["restore"]>[1]>;

/** Memory as an interpreter's, whose floor has numbers in some pages and zeros in others. */
function interpreterLike() {
  const buffer = new ArrayBuffer(PAGES * PAGE);
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at < 100 * PAGE; at++) bytes[at] = (at * 7) & 0xff;
  const base = bytes.slice();
  const stackPointer = { value: 16 };
  const memory = () => ({ buffer }) as ReturnType<Parameters<typeof createImage>[0]["memory"]>;
  return { bytes, base, image: createImage({ memory, stackPointer, base, grow: () => {} }) };
}

function pageSet(pages: readonly number[], value: number): PageSet {
  const data = new Uint8Array(pages.length * PAGE).fill(value);
  return { pages: Uint32Array.from(pages), data, heapBytes: PAGES * PAGE, stackPointer: 16 };
}

const layerOf = (id: number, pages: readonly number[], span: readonly [number, number]): Layer => {
  const bytes = new Uint8Array((span[1] - span[0]) * PAGE).fill(200 + id);
  const spans = [{ from: span[0] * PAGE, to: span[1] * PAGE, bytes, at: 0 }];
  return { id, set: { ...pageSet(pages, 100 + id), spans } };
};
const LAYERS = [null, layerOf(1, [3, 4, 99, 120], [40, 60]), layerOf(2, [4, 5, 121], [50, 110])] as const;

/** What memory must hold: the base, the layer over it, and the state over both. */
function expected(base: Uint8Array, layer: Layer | null, state: PageSet | null): Uint8Array {
  const whole = base.slice();
  for (const set of [layer?.set, state]) {
    for (const { from, to, bytes, at } of set?.spans ?? [])
      whole.set(bytes.subarray(at, at + to - from), from);
    for (const [index, page] of [...(set?.pages ?? [])].entries())
      whole.set(set!.data.subarray(index * PAGE, (index + 1) * PAGE), page * PAGE);
  }
  return whole;
}

/** The first page that differs, or null; to have the test runner compare so many numbers one by one takes minutes. */
function firstOther(one: Uint8Array, other: Uint8Array): number | null {
  if (Buffer.compare(one, other) === 0) return null;
  return Math.floor(one.findIndex((byte, at) => byte !== other[at]) / PAGE);
}

const pages = fc
  .uniqueArray(fc.nat(PAGES - 1), { maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a - b));
const move = fc.record({
  kind: fc.constantFrom("start", "fill", "load", "clear", "save"),
  layer: fc.nat(LAYERS.length - 1),
  written: pages,
  state: pages,
  isTouched: fc.boolean(),
  /** The pages of another context's text, which most often begins where the last one's did. */
  text: fc.record({ first: fc.constantFrom(40, 50, 41, 100), count: fc.integer({ min: 1, max: 80 }) }),
});

test("whatever an episode wrote and whichever context it had, the next one finds the floor, its context and its state", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 15 }), (moves) => {
      const { bytes, base, image } = interpreterLike();
      let layer: Layer | null = null;
      for (const [turn, { kind, layer: at, written, state: own, isTouched, text }] of moves.entries()) {
        if (kind === "start" || kind === "load") {
          layer = LAYERS[at]!;
          const state = kind === "load" ? pageSet(own, turn) : null;
          image.restore(state, layer);
          expect(firstOther(bytes, expected(base, layer, state))).toBe(null);
        } else if (kind === "fill") {
          layer = null;
          const [from, to] = [text.first * PAGE, (text.first + text.count) * PAGE];
          const withText = () => bytes.fill(turn + 50, from, to).slice();
          image.restore(null, null, to - from);
          withText();
          if (!image.isWhole([{ from, to }])) image.restore(null, null);
          const clean = base.slice().fill(turn + 50, from, to);
          expect(firstOther(withText(), clean)).toBe(null);
          // Another context is always an episode's that writes.
          image.touch();
        } else if (kind === "clear") {
          image.clear();
          expect(firstOther(bytes, expected(base, layer, null))).toBe(null);
        } else {
          const before = bytes.slice();
          const saved = image.save({ shared: false });
          expect(firstOther(expected(base, layer, saved), before)).toBe(null);
        }
        if (!isTouched) continue;
        image.touch();
        for (const page of written) bytes.fill(turn + 1, page * PAGE + 5, page * PAGE + 300);
      }
    }),
    { numRuns: 300 },
  );
});
