/** The lock of a run's folder: one coordinator writes to it at a time, and the lock names it. */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunError } from "../errors.ts";

export const LOCK_FILE = "run.lock";
const BEAT_MS = 5000;
/** An owner on another machine without a beat for this long is gone. */
const SILENCE_MS = 3 * BEAT_MS;

/** The process that holds a run's folder; `token` is unique to this lock. */
export interface LockOwner {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  readonly wallClock: { readonly since: string };
}

/** Tokens that this process holds: a lock with this process's id but another token belongs to an earlier process with the same id. */
const held = new Set<string>();

export class RunLock {
  readonly #path: string;
  readonly #owner: LockOwner;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string, owner: LockOwner) {
    this.#path = path;
    this.#owner = owner;
    held.add(owner.token);
    // A beat changes the file's time, which takes no room on a full disk.
    this.#beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS);
    this.#beat.unref();
  }

  /**
   * Takes the folder's lock, also from a process that is gone: at once if it ran on this machine, after `silenceMs`
   * without a beat if it ran on another. Beats are recognized by a change, not by the clock, which may be set. Throws
   * `RunError` that names the owner.
   */
  static async acquire(folder: string, silenceMs = SILENCE_MS): Promise<RunLock> {
    const path = join(folder, LOCK_FILE);
    const wallClock = { since: new Date().toISOString() };
    const mine = { token: randomUUID(), host: hostname(), pid: process.pid, wallClock };
    for (;;) {
      if (await create(path, `${JSON.stringify(mine)}\n`)) return new RunLock(path, mine);
      const owner = await readLockOwner(folder);
      if (!(await isGone(path, owner, silenceMs))) throw inUse(folder, owner);
      await remove(path, owner);
    }
  }

  /** Releases the folder. Keeps a lock that another process holds by now. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    held.delete(this.#owner.token);
    if ((await parseOwner(this.#path))?.token === this.#owner.token) await rm(this.#path, { force: true });
  }
}

/** The process that holds the folder; null if there is none. */
export function readLockOwner(folder: string): Promise<LockOwner | null> {
  return parseOwner(join(folder, LOCK_FILE));
}

/** True if the owner ran on this machine and is gone; unknown for other machines. */
export function ownerHasDied(owner: LockOwner): boolean {
  if (owner.host !== hostname()) return false;
  if (owner.pid === process.pid) return !held.has(owner.token);
  try {
    return !process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function isGone(path: string, owner: LockOwner | null, silenceMs: number): Promise<boolean> {
  if (owner !== null && owner.host === hostname()) return ownerHasDied(owner);
  // It belongs to another machine, or its process died while writing it.
  const before = await beatOf(path);
  await sleep(silenceMs);
  return (await beatOf(path)) === before;
}

async function beatOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? null;
}

/** Removes the lock of one owner. If another process was quicker and holds a new lock, that one is put back. */
async function remove(path: string, owner: LockOwner | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await parseOwner(aside);
  if (taken !== null && taken.token !== owner?.token) await create(path, await readFile(aside, "utf8"));
  await rm(aside, { force: true });
}

/** False if the file exists. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function parseOwner(path: string): Promise<LockOwner | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockOwner;
  } catch {
    return null;
  }
}

function inUse(folder: string, owner: LockOwner | null): RunError {
  const who = owner
    ? `process ${owner.pid} on ${owner.host} has been writing to it since ${owner.wallClock.since}`
    : "its lock is changing hands at this moment";
  return new RunError(
    `run folder ${folder} is in use: ${who}; if that is wrong, remove ${join(folder, LOCK_FILE)}`,
  );
}
