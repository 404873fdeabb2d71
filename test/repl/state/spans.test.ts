import { expect, test } from "vitest";
import { withoutSpans } from "../../../src/repl/state/state.ts";

const PAGE = 1024;
const filled = (...values: number[]) =>
  Uint8Array.from(values.flatMap((value) => Array.from({ length: PAGE }, () => value)));

test("a state without spans holds their pages among its own, in order of addresses", () => {
  const text = filled(7, 8, 9);
  const set = {
    pages: Uint32Array.of(1, 5),
    data: filled(1, 5),
    heapBytes: 8 * PAGE,
    stackPointer: 16,
    spans: [
      { from: 2 * PAGE, to: 4 * PAGE, bytes: text, at: PAGE },
      { from: 6 * PAGE, to: 7 * PAGE, bytes: text, at: 0 },
    ],
  };
  expect(withoutSpans(set)).toEqual({
    pages: Uint32Array.of(1, 2, 3, 5, 6),
    data: filled(1, 8, 9, 5, 7),
    heapBytes: 8 * PAGE,
    stackPointer: 16,
  });
});

test("a state that has no spans stays as it is", () => {
  const set = { pages: Uint32Array.of(3), data: filled(3), heapBytes: 8 * PAGE, stackPointer: 16 };
  expect(withoutSpans(set)).toEqual(set);
});
