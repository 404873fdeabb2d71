import fc from "fast-check";
import { expect, test } from "vitest";
import { ColdPages, takeOut } from "../../../src/repl/state/cold-pages.ts";
import type { PageSet } from "../../../src/repl/state/state.ts";

const PAGE_BYTES = 1024;

/** Pages of one byte each, by number. */
function pagesOf(fills: ReadonlyMap<number, number>): PageSet {
  const pages = Uint32Array.from(fills.keys()).toSorted();
  const data = new Uint8Array(pages.length * PAGE_BYTES);
  pages.forEach((page, at) => data.fill(fills.get(page) ?? 0, at * PAGE_BYTES, (at + 1) * PAGE_BYTES));
  return { pages, data, heapBytes: 0, stackPointer: 0 };
}

const range = (from: number, to: number, fill: (page: number) => number) =>
  Array.from({ length: to - from }, (_, at) => [from + at, fill(from + at)] as const);

test("any pages come back unchanged", async () => {
  const cold = new ColdPages();
  const fills = fc.array(fc.tuple(fc.nat(200), fc.nat(3)), { maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(fills, async (entries) => {
      const set = pagesOf(new Map(entries));
      expect(await takeOut((await cold.put(set)).data)).toEqual(set.data);
    }),
    { numRuns: 50 },
  );
});

test("equal pages of different states are held once, and different ones separately", async () => {
  const cold = new ColdPages();
  const { data: first } = await cold.put(pagesOf(new Map(range(0, 128, (page) => page))));
  const { data: second } = await cold.put(
    pagesOf(new Map(range(0, 128, (page) => (page === 40 ? 99 : page)))),
  );
  expect(second.map((piece, at) => piece === first[at])).toEqual([true, false, true, true]);
});

test("a page that repeats within a state is held once", async () => {
  const { data } = await new ColdPages().put(pagesOf(new Map(range(0, 4096, () => 7))));
  const [piece, ...others] = data;
  expect(others).toHaveLength(127);
  expect(others.every((other) => other === piece)).toBe(true);
});
