import { describe, expect, test } from "vitest";
import { createMailboxMemory, openMailbox } from "../../../src/repl/guest/mailbox.js";

const block = { type: "exec", code: "x = 'ä'", maxOutputChars: 2000, clockNs: null } as const;
const reply = { report: '{"stdout":"ä"}', crash: null, heapBytes: 3_000_000_000, violations: 2 };

function bothSides() {
  const memory = createMailboxMemory();
  const [host, worker] = [openMailbox(memory), openMailbox(memory)];
  worker.listen();
  return { host, worker };
}

describe("a mailbox", () => {
  test.each([null, 7n, -1n, 2n ** 62n])("takes a block to the worker, with the clock %s", (clockNs) => {
    const { host, worker } = bothSides();
    expect(worker.take()).toBeNull();
    expect(host.give({ ...block, clockNs }, false)).toBe(true);
    expect(worker.take()).toEqual({ ...block, clockNs });
    expect(worker.take()).toBeNull();
  });

  test("brings a report to a host that watches", () => {
    const { host, worker } = bothSides();
    host.give(block, true);
    worker.take();
    expect(worker.put(reply)).toBe(true);
    expect(host.watch(1)).toEqual(reply);
    expect(host.give(block, true)).toBe(true);
  });

  test("takes nothing for a side that is away", () => {
    const { host, worker } = bothSides();
    expect(worker.leave()).toBe(true);
    expect(host.give(block, true)).toBe(false);
    worker.listen();
    expect(host.give(block, false)).toBe(true);
    expect(worker.put(reply)).toBe(false);
  });

  test("does not let the worker leave a block behind", () => {
    const { host, worker } = bothSides();
    host.give(block, true);
    expect(worker.leave()).toBe(false);
    expect(worker.take()).toEqual(block);
    expect(worker.leave()).toBe(true);
  });

  test("refuses a report that comes after the watch has ended", () => {
    const { host, worker } = bothSides();
    host.give(block, true);
    worker.take();
    expect(host.watch(1)).toBeNull();
    expect(worker.put(reply)).toBe(false);
  });

  test("ends the watch for a message of the worker", () => {
    const { host, worker } = bothSides();
    host.give(block, true);
    worker.take();
    worker.call();
    const began = performance.now();
    expect(host.watch(60_000)).toBeNull();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("leaves to messages what it cannot hold", () => {
    const { host, worker } = bothSides();
    expect(host.give({ ...block, code: "#".repeat(40_000) }, true)).toBe(false);
    expect(host.give({ ...block, code: "'\ud800'" }, true)).toBe(false);
    expect(host.give({ ...block, maxOutputChars: 2 ** 40 }, true)).toBe(false);
    host.give(block, true);
    worker.take();
    expect(worker.put({ ...reply, report: "x".repeat(40_000) })).toBe(false);
    expect(worker.put({ ...reply, report: null, crash: "MemoryUsedUp" })).toBe(false);
  });
});
