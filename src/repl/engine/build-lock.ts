/** A lock file, so that one of several processes builds what all need. The lock of a dead process is taken over. */
import { randomUUID } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";

/** The holder of a lock. `token` is unique to each time it is held. */
interface Holder {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
}

const LOOK_AGAIN_MS = 50;

/**
 * Runs `work` while no other caller with the same lock file does. The lock is taken over from a process that is gone, or
 * that has held it for `maxHoldMs`. If the lock cannot be written, or is not free after twice that time, `work` runs without
 * it, so `work` must be correct without the lock too.
 */
export async function withLock<T>(file: string, maxHoldMs: number, work: () => Promise<T>): Promise<T> {
  const mine: Holder = { token: randomUUID(), host: hostname(), pid: process.pid };
  const giveUpAt = performance.now() + 2 * maxHoldMs;
  while (!(await create(file, JSON.stringify(mine))) && performance.now() < giveUpAt) {
    await takeAway(file, maxHoldMs);
    await setTimeout(LOOK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    if ((await readHolder(file))?.token === mine.token) await rm(file, { force: true });
  }
}

/** Returns false if the file exists already. Returns true if it was created, or cannot be. */
async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: "wx" });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EEXIST";
  }
}

/** Removes an abandoned lock. Only one process at a time may check and remove: a second would remove a new lock. */
async function takeAway(file: string, maxHoldMs: number): Promise<void> {
  if (!(await isAbandoned(file, maxHoldMs))) return;
  const claim = `${file}.takeover`;
  if (!(await create(claim, ""))) return;
  if (await isAbandoned(file, maxHoldMs)) await rm(file, { force: true });
  await rm(claim, { force: true });
}

async function isAbandoned(file: string, maxHoldMs: number): Promise<boolean> {
  const [holder, status] = [await readHolder(file), await stat(file).catch(() => null)];
  if (!status) return false;
  const isGone = holder?.host === hostname() && !isAlive(holder.pid);
  return isGone || Date.now() - status.mtimeMs > maxHoldMs;
}

/** Returns null if there is no lock, or if it is being written. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
