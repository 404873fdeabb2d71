import { expect, test } from "vitest";
import type { Interpreter } from "../../../src/repl/engine/interpreter.ts";
import { Seats, type Seat, type Sitter } from "../../../src/repl/pyodide/seats.ts";

const interpreter = {} as Interpreter;
const sitterOf = (layerId: number | null, unsaved = false): Sitter => ({
  layerId,
  unsaved,
  save: () => Promise.resolve(),
});

/** Seats that sitters took one after the other and left free; null stands for a seat nobody sits on. */
async function seatsOf(sitters: readonly (Sitter | null)[], layerIds: readonly (number | null)[]) {
  const seats = new Seats(sitters.length);
  const taken: Seat[] = [];
  for (const sitter of sitters) taken.push(await seats.lease(sitter ?? sitterOf(null)));
  taken.forEach((seat, at) => {
    Object.assign(seat, { interpreter, sitter: sitters[at] ?? null, layerId: layerIds[at] ?? null });
    seats.release(seat);
  });
  return { seats, taken };
}

test("an episode comes back to the seat where it still sits", async () => {
  const [first, second] = [sitterOf(1), sitterOf(1)];
  const { seats, taken } = await seatsOf([first, second], [1, 1]);
  expect(await seats.lease(second)).toBe(taken[1]);
  expect(await seats.lease(first)).toBe(taken[0]);
});

test("of seats that are as cheap to clear, one with the same context is taken", async () => {
  const { seats, taken } = await seatsOf([null, null, null], [1, 2, null]);
  expect(await seats.lease(sitterOf(2))).toBe(taken[1]);
  expect(await seats.lease(sitterOf(null))).toBe(taken[2]);
});

test("an episode that is saved is not put out for its context where a seat is empty", async () => {
  const { seats, taken } = await seatsOf([sitterOf(1), null], [1, 2]);
  expect(await seats.lease(sitterOf(1))).toBe(taken[1]);
});

test("an episode that would have to be saved is put out last, whatever its context", async () => {
  const { seats, taken } = await seatsOf([sitterOf(1, true), sitterOf(2)], [1, 2]);
  expect(await seats.lease(sitterOf(1))).toBe(taken[1]);
  seats.close(new Error("the test is over"));
});

test("who waits is served in the order of coming", async () => {
  const seats = new Seats(1);
  const seat = await seats.lease(sitterOf(1));
  const order: number[] = [];
  const waiting = [2, 3].map(async (name) => {
    const mine = await seats.lease(sitterOf(name));
    order.push(name);
    seats.release(mine);
  });
  seats.release(seat);
  await Promise.all(waiting);
  expect(order).toEqual([2, 3]);
});
