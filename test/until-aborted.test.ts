import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { onAbort } from "../src/on-abort.ts";
import { untilAborted } from "../src/until-aborted.ts";

test("a thousand callers wait for one signal with one listener, and those that have gone are not called", () => {
  const controller = new AbortController();
  const called: number[] = [];
  const forgets = Array.from({ length: 1000 }, (_, index) =>
    onAbort(controller.signal, () => called.push(index)),
  );
  for (const forget of forgets.slice(2)) forget();
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  controller.abort();
  expect(called).toEqual([0, 1]);
});

test("a signal that nobody waits for any longer has no listener, and can be waited for again", () => {
  const controller = new AbortController();
  const forgets = [1, 2].map(() => onAbort(controller.signal, () => {}));
  for (const forget of [...forgets, ...forgets]) forget();
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  let calls = 0;
  onAbort(controller.signal, () => (calls += 1));
  controller.abort();
  expect(calls).toBe(1);
});

test("a callback that is given twice is called twice", () => {
  const controller = new AbortController();
  let calls = 0;
  const hear = () => (calls += 1);
  onAbort(controller.signal, hear);
  onAbort(controller.signal, hear);
  controller.abort();
  expect(calls).toBe(2);
});

test("a wait ends with the signal's reason, and the work's own signal has it too", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const seen: unknown[] = [];
  const waiting = untilAborted(controller.signal, async (own) => {
    own.addEventListener("abort", () => seen.push(own.reason));
    await sleep(60_000, undefined, { signal: own });
  });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(seen).toEqual([reason]);
  await expect(untilAborted(controller.signal, async () => "not reached")).rejects.toBe(reason);
});

test("work that has ended is left alone when the signal aborts", async () => {
  const controller = new AbortController();
  let own: AbortSignal | null = null;
  const done = await untilAborted(controller.signal, async (given) => {
    own = given;
    return "done";
  });
  controller.abort();
  expect(done).toBe("done");
  expect(own).toMatchObject({ aborted: false });
});

test("an error that the work throws at once is the wait's, which then waits no longer", async () => {
  const { signal } = new AbortController();
  const wait = untilAborted(signal, () => {
    throw new TypeError("at once");
  });
  await expect(wait).rejects.toThrow("at once");
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
