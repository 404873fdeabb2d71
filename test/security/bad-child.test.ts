/** A worker's process that was taken over counts as a dead worker and can do no more harm. */
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { readChildMessage } from "../../src/repl/engine/child-messages.ts";
import { ProcessLine } from "../../src/repl/engine/process-line.ts";
import type { LoadedRuntime } from "../../src/repl/engine/runtime.ts";
import { WorkerDied } from "../../src/repl/engine/worker-line.ts";

const ENTRY = new URL("./bad-child.js", import.meta.url);
const ATTACKS = [...readFileSync(ENTRY, "utf8").matchAll(/^ {2}(?:"(.+?)"|(\w+)): \(\) =>/gm)].map(
  ([, quoted, bare]) => quoted ?? bare ?? "",
);
const loaded = {
  runtime: { pyodideUrl: new URL("./", import.meta.url).href, lockFile: {}, maxHeapBytes: 0, wheels: [] },
  snapshot: new Uint8Array(new SharedArrayBuffer(0)),
  key: "",
} as unknown as LoadedRuntime;

const surprises: unknown[] = [];
const note = (error: unknown) => surprises.push(error);
process.on("uncaughtException", note);
afterAll(() => {
  process.off("uncaughtException", note);
  expect(surprises).toEqual([]);
});

test("the attacks are all there", () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(17);
});

test.each(ATTACKS)("%s", async (code) => {
  const line = new ProcessLine(loaded, ENTRY);
  const calls: number[] = [];
  line.onCall = (id) => calls.push(id);
  expect(await line.reply()).toBe(1 << 20);
  const reply = line.reply();
  line.post({ type: "exec", code, maxOutputChars: 10, clockNs: null });
  await expect(reply).rejects.toBeInstanceOf(WorkerDied);
  expect(line.died?.byHost).toBe(false);
  expect(calls.length).toBeLessThanOrEqual(1);
  await line.terminate();
});

const STATE = {
  memory: { pages: Uint32Array.of(1, 2), data: new Uint8Array(2048), heapBytes: 1 << 20, stackPointer: 4 },
  files: null,
  clockNs: 1n,
  idleNs: 1n,
  chance: 0,
};

test("a sound state passes", () => {
  expect(readChildMessage({ type: "reply", value: STATE }, "save")).toEqual({ type: "reply", value: STATE });
});

test.each<[string, object]>([
  ["fewer pages than numbers", { data: new Uint8Array(1024) }],
  ["pages out of order", { pages: Uint32Array.of(2, 1) }],
  ["pages beyond the memory", { pages: Uint32Array.of(1, 2 ** 31) }],
  ["a stack pointer that is not a number", { stackPointer: "4" }],
  ["a memory of no size", { heapBytes: -1 }],
])("a state with %s is refused", (_, memory) => {
  const value = { ...STATE, memory: { ...STATE.memory, ...memory } };
  expect(readChildMessage({ type: "reply", value }, "save")).toMatch(/its reply to save/);
});
