import { createHash } from "node:crypto";
import { mkdtemp, readdir, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunError } from "../../src/errors.ts";
import { LOCK_FILE, readLockOwner, RunLock } from "../../src/runs/run-lock.ts";

const SILENCE_MS = 100;
const GONE_PID = 2 ** 22 + 1;
const freshFolder = () => mkdtemp(join(tmpdir(), "rlm-gym-lock-"));

async function foldersLockedBy(owner: object | string): Promise<string> {
  const folder = await freshFolder();
  await writeFile(join(folder, LOCK_FILE), typeof owner === "string" ? owner : JSON.stringify(owner));
  return folder;
}
const owner = (parts: object) => ({
  token: "theirs",
  host: "another-machine",
  pid: 4,
  wallClock: { since: "2026-01-01T00:00:00.000Z" },
  ...parts,
});

describe("the lock of a run's folder", () => {
  it("is held by one at a time, names its owner, and is free after its release", async () => {
    const folder = await freshFolder();
    const lock = await RunLock.acquire(folder);
    await expect(RunLock.acquire(folder)).rejects.toThrow(RunError);
    await expect(RunLock.acquire(folder)).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await RunLock.acquire(folder)).release();
  });

  it("goes to exactly one of many that ask for it at once, also if its owner has died", async () => {
    for (const _ of Array.from({ length: 25 })) {
      const folder = await foldersLockedBy(owner({ host: hostname(), pid: GONE_PID }));
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => RunLock.acquire(folder)));
      const had = asked.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(had).toHaveLength(1);
      await had[0]!.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("is taken over from a process that died while it took the lock over", async () => {
    const dead = { host: hostname(), pid: GONE_PID };
    const folder = await foldersLockedBy(owner({ ...dead, token: "first" }));
    const name = createHash("sha256").update("first").digest("hex").slice(0, 16);
    await writeFile(
      join(folder, `${LOCK_FILE}.after-${name}`),
      JSON.stringify(owner({ ...dead, token: "second" })),
    );
    const lock = await RunLock.acquire(folder);
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
    await lock.release();
  });

  it("is taken over from a process of this machine that is gone, and from one whose id this process now has", async () => {
    for (const pid of [GONE_PID, process.pid]) {
      const folder = await foldersLockedBy(owner({ host: hostname(), pid }));
      const lock = await RunLock.acquire(folder);
      expect((await readLockOwner(folder))?.pid).toBe(process.pid);
      await lock.release();
    }
  });

  it("is taken over from another machine that is silent, and from a writer that died while writing it", async () => {
    for (const silent of [owner({}), '{"token": "the']) {
      const folder = await foldersLockedBy(silent);
      await (await RunLock.acquire(folder, SILENCE_MS)).release();
    }
  });

  it("stays with another machine that sends beats, whatever its clock says", async () => {
    const folder = await foldersLockedBy(owner({}));
    let seconds = 1e9;
    const beat = () => void utimes(join(folder, LOCK_FILE), seconds, (seconds -= 100));
    const beats = setInterval(beat, SILENCE_MS / 5);
    await expect(RunLock.acquire(folder, SILENCE_MS)).rejects.toThrow("process 4 on another-machine");
    clearInterval(beats);
  });
});
