import { expect, test } from "vitest";
import { inShortTurns } from "../../../src/repl/engine/short-turns.ts";

const busy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end;);
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("the first work of a turn is done at once, and long work leaves turns to others", async () => {
  await nextTurn();
  const order: string[] = [];
  const work = (name: string) =>
    inShortTurns(() => {
      order.push(name);
      busy(3);
    });
  for (const name of ["a", "b", "c"]) work(name);
  expect(order).toEqual(["a"]);
  const other = nextTurn().then(() => order.push("other"));
  await other;
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  expect(order.filter((name) => name !== "other")).toEqual(["a", "b", "c"]);
  expect(order.indexOf("other")).toBeLessThan(order.indexOf("c"));
});

test("short work of one turn is done in it", async () => {
  await nextTurn();
  const order: number[] = [];
  for (let at = 0; at < 20; at += 1) inShortTurns(() => order.push(at));
  const atOnce = order.length;
  for (let turn = 0; turn < 25; turn += 1) await nextTurn();
  expect(atOnce).toBeGreaterThan(1);
  expect(order).toEqual(Array.from({ length: 20 }, (_, at) => at));
});

test("work that throws does not hold up what comes after it", async () => {
  await nextTurn();
  const [before, thrown] = [process.listeners("uncaughtException"), [] as unknown[]];
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => thrown.push(error));
  const order: string[] = [];
  try {
    inShortTurns(() => busy(3));
    inShortTurns(() => {
      throw new Error("this one");
    });
    inShortTurns(() => order.push("after it"));
    for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  }
  expect(thrown).toEqual([new Error("this one")]);
  expect(order).toEqual(["after it"]);
});
