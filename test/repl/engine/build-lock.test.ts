import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../src/repl/engine/build-lock.ts";

const MINUTE_MS = 60_000;
let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-"));
  lock = path.join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-p", "process.pid"]);
  return Number(stdout);
}

const heldBy = (pid: number, host = hostname()) =>
  writeFile(lock, JSON.stringify({ token: "theirs", host, pid }));

test("processes hold it one at a time, also if they find the lock of a dead one", async () => {
  await heldBy(await deadPid());
  const script = fileURLToPath(new URL("../hold-lock.ts", import.meta.url));
  const notes = path.join(folder, "notes");
  const run = () => promisify(execFile)(process.execPath, ["--import", "tsx", script, lock, notes, "10"]);
  await Promise.all([run(), run(), run()]);
  expect(await readFile(notes, "utf8")).toBe("in out ".repeat(30));
  expect(await readdir(folder)).toEqual(["notes"]);
});

test("callers of one process hold it one at a time", async () => {
  let inside = 0;
  const work = async () => {
    inside++;
    await new Promise(setImmediate);
    return inside--;
  };
  const seen = await Promise.all(Array.from({ length: 5 }, () => withLock(lock, MINUTE_MS, work)));
  expect(seen).toEqual([1, 1, 1, 1, 1]);
});

test("a lock that was held too long is taken over, whoever holds it", async () => {
  await heldBy(1, "another-machine");
  const longAgo = new Date(Date.now() - 2 * MINUTE_MS);
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, MINUTE_MS, () => Promise.resolve("done"))).toBe("done");
});

test("a caller waits for the lock of a living process, but not for ever", async () => {
  await heldBy(process.pid);
  const isTheirs = async () => (await readFile(lock, "utf8")).includes("theirs");
  expect(await withLock(lock, 200, isTheirs)).toBe(false);
  await heldBy(1, "another-machine");
  const soon = new Date(Date.now() + 60 * MINUTE_MS);
  await utimes(lock, soon, soon);
  expect(await withLock(lock, 200, isTheirs)).toBe(true);
  expect(await isTheirs()).toBe(true);
});

test("work that fails releases the lock, and work runs without a lock if none can be written", async () => {
  const fail = () => Promise.reject(new Error("the build failed"));
  await expect(withLock(lock, MINUTE_MS, fail)).rejects.toThrow("the build failed");
  expect(await readdir(folder)).toEqual([]);
  const nowhere = path.join(folder, "missing", "lock");
  expect(await withLock(nowhere, MINUTE_MS, () => Promise.resolve("done"))).toBe("done");
});
