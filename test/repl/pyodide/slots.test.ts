import { expect, test } from "vitest";
import type { Interpreter } from "../../../src/repl/engine/interpreter.ts";
import { Slots, type Slot, type Occupant } from "../../../src/repl/pool/slots.ts";

const interpreter = {} as Interpreter;
const occupantOf = (layerId: number | null, unsaved = false): Occupant => ({
  layerId,
  unsaved,
  save: () => Promise.resolve(),
});

/** Slots that occupants leased one after the other and released. Null makes an empty slot. */
async function slotsOf(occupants: readonly (Occupant | null)[], layerIds: readonly (number | null)[]) {
  const slots = new Slots({ atOnce: occupants.length });
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

test("an episode that may come back at once keeps its slot while another one waits, and gives it up if it stays away", async () => {
  const [first, other] = [occupantOf(null, true), occupantOf(null)];
  const { slots, taken } = await slotsOf([first], [null]);
  const order: string[] = [];
  const waiting = slots.lease(other).then((slot) => {
    order.push("the other episode");
    slots.release(slot);
  });
  const again = await slots.lease(first);
  order.push("the episode that came back");
  slots.release(again);
  await waiting;
  expect(order).toEqual(["the episode that came back", "the other episode"]);
  expect(again).toBe(taken[0]);
  slots.close(new Error("the test is over"));
});

test("an episode that comes back again and again gives way to one that has waited long", async () => {
  const returning = occupantOf(null, true);
  const { slots } = await slotsOf([returning], [null]);
  const served: Slot[] = [];
  const waiting = slots.lease(occupantOf(null)).then((slot) => {
    served.push(slot);
    slots.release(slot);
  });
  for (const endsAt = performance.now() + 20_000; served.length === 0 && performance.now() < endsAt;) {
    const slot = await slots.lease(returning);
    Object.assign(slot, { occupant: returning });
    slots.release(slot);
    await new Promise((go) => setTimeout(go, 1));
  }
  expect(served).toHaveLength(1);
  await waiting;
  slots.close(new Error("the test is over"));
});

test("there is room where an episode would displace no other one", async () => {
  const { slots } = await slotsOf([occupantOf(1), null], [1, null]);
  expect(slots.hasRoom).toBe(true);
  const slot = await slots.lease(occupantOf(2));
  expect(slots.hasRoom).toBe(false);
  slots.release(slot);
});

test("waiting episodes get slots in the order in which they came", async () => {
  const slots = new Slots({ atOnce: 1 });
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

test("of two episodes with a worker each, the one that was heard last is displaced: its next block is the farthest away", async () => {
  const [first, second] = [occupantOf(null), occupantOf(null)];
  const { slots, taken } = await slotsOf([first, second], [null, null]);
  expect(await slots.lease(occupantOf(null))).toBe(taken[1]);
});

test("an episode that has left off is displaced before those that go on", async () => {
  const [left, other] = [occupantOf(null), occupantOf(null)];
  const { slots, taken } = await slotsOf([left, other], [null, null]);
  for (let block = 0; block < 20; block++) slots.release(await slots.lease(other));
  expect(await slots.lease(occupantOf(null))).toBe(taken[0]);
});

test("a block that waits for the host lends its turn, and goes on before episodes that come later", async () => {
  const slots = new Slots({ atOnce: 1 });
  slots.add(interpreter);
  const asking = await slots.lease(occupantOf(null));
  const goOn = slots.rest(asking);
  const other = await slots.lease(occupantOf(null));
  const order: string[] = [];
  const later = slots.lease(occupantOf(null)).then((slot) => {
    order.push("a later episode");
    slots.release(slot);
  });
  const resumed = goOn(false).then(() => {
    order.push("the block");
    slots.release(asking);
  });
  slots.release(other);
  await Promise.all([later, resumed]);
  expect(order).toEqual(["the block", "a later episode"]);
});

test("a reply that comes after its block has ended takes no turn", async () => {
  const slots = new Slots({ atOnce: 1 });
  const ended = await slots.lease(occupantOf(null));
  const goOn = slots.rest(ended);
  slots.release(ended);
  await goOn(false);
  const next = await slots.lease(occupantOf(null));
  await goOn(true);
  slots.release(next);
  slots.release(await slots.lease(occupantOf(null)));
  expect(slots.waiting).toBe(0);
});

test("the time in which a turn was free and no worker was there for it counts as a lack", async () => {
  const causes: string[] = [];
  const slots = new Slots({ atOnce: 1, onLack: (_, cause) => causes.push(cause) });
  const asking = await slots.lease(occupantOf(null));
  const goOn = slots.rest(asking);
  const waiting = slots.lease(occupantOf(null));
  await goOn(false);
  slots.release(asking);
  slots.release(await waiting);
  expect(causes).toContain("starved");
});

test("a slot that is taken out of use saves its episode first", async () => {
  let saves = 0;
  const occupant = { ...occupantOf(null, true), save: () => Promise.resolve(void saves++) };
  const { slots, taken } = await slotsOf([occupant, null], [null, null]);
  expect(await slots.remove(taken[0]!)).toBe(interpreter);
  expect(saves).toBe(1);
  expect(slots.all).toEqual([taken[1]]);
});

test("while the host is busy, twice as many blocks have a turn, since each waits long to be heard", async () => {
  const { slots } = await slotsOf([null, null], [null, null]);
  for (const _ of [1, 2, 3]) slots.add(interpreter);
  const leased = [await slots.lease(occupantOf(null)), await slots.lease(occupantOf(null))];
  let third: Slot | null = null;
  const waiting = slots.lease(occupantOf(null)).then((slot) => (third = slot));
  await new Promise((resolve) => setImmediate(resolve));
  expect(third).toBeNull();
  // The event loop stands still for most of what is looked at.
  for (const end = performance.now() + 200; performance.now() < end;);
  leased.push(...(await Promise.all([waiting, slots.lease(occupantOf(null))])));
  expect(new Set(leased).size).toBe(4);
  let fifth: Slot | null = null;
  void slots.lease(occupantOf(null)).then(
    (slot) => (fifth = slot),
    () => {},
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(fifth).toBeNull();
  slots.close(new Error("the test is over"));
});
