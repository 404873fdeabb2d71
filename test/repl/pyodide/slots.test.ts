import { expect, test } from "vitest";
import type { Interpreter } from "../../../src/repl/engine/interpreter.ts";
import { Slots, type Slot, type Occupant } from "../../../src/repl/pyodide/slots.ts";

const interpreter = {} as Interpreter;
const occupantOf = (layerId: number | null, unsaved = false): Occupant => ({
  layerId,
  unsaved,
  save: () => Promise.resolve(),
});

/** Slots that occupants leased one after the other and released. Null makes an empty slot. */
async function slotsOf(occupants: readonly (Occupant | null)[], layerIds: readonly (number | null)[]) {
  const slots = new Slots(occupants.length);
  const taken: Slot[] = [];
  for (const occupant of occupants) taken.push(await slots.lease(occupant ?? occupantOf(null)));
  taken.forEach((slot, at) => {
    Object.assign(slot, { interpreter, occupant: occupants[at] ?? null, layerId: layerIds[at] ?? null });
    slots.release(slot);
  });
  return { slots, taken };
}

test("an episode gets the slot that still holds it", async () => {
  const [first, second] = [occupantOf(1), occupantOf(1)];
  const { slots, taken } = await slotsOf([first, second], [1, 1]);
  expect(await slots.lease(second)).toBe(taken[1]);
  expect(await slots.lease(first)).toBe(taken[0]);
});

test("of slots that are equally cheap to clear, one with the same context is taken", async () => {
  const { slots, taken } = await slotsOf([null, null, null], [1, 2, null]);
  expect(await slots.lease(occupantOf(2))).toBe(taken[1]);
  expect(await slots.lease(occupantOf(null))).toBe(taken[2]);
});

test("an empty slot is taken before one with the same context that holds a saved episode", async () => {
  const { slots, taken } = await slotsOf([occupantOf(1), null], [1, 2]);
  expect(await slots.lease(occupantOf(1))).toBe(taken[1]);
});

test("an episode that must be saved first is displaced last, whatever its context", async () => {
  const { slots, taken } = await slotsOf([occupantOf(1, true), occupantOf(2)], [1, 2]);
  expect(await slots.lease(occupantOf(1))).toBe(taken[1]);
  slots.close(new Error("the test is over"));
});

test("waiting episodes get slots in the order in which they came", async () => {
  const slots = new Slots(1);
  const slot = await slots.lease(occupantOf(1));
  const order: number[] = [];
  const waiting = [2, 3].map(async (name) => {
    const mine = await slots.lease(occupantOf(name));
    order.push(name);
    slots.release(mine);
  });
  slots.release(slot);
  await Promise.all(waiting);
  expect(order).toEqual([2, 3]);
});
