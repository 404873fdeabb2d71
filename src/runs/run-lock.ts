/** The lock of a run's folder: one coordinator writes to it at a time, and the lock names it. */
import { createHash, randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { RunError } from "../errors.ts";

export const LOCK_FILE = "run.lock";
const BEAT_MS = 5000;
/** An owner on another machine without a beat for this long is gone. */
const SILENCE_MS = 3 * BEAT_MS;

const ownerSchema = z.object({
  token: z.string(),
  host: z.string(),
  pid: z.int().positive(),
  wallClock: z.object({ since: z.string() }),
});

/** The process that holds a run's folder; `token` is unique to this lock. */
export type LockOwner = Readonly<z.infer<typeof ownerSchema>>;

/** Tokens that this process holds: a lock with this process's id but another token belongs to an earlier process with the same id. */
const held = new Set<string>();

export class RunLock {
  readonly #path: string;
  readonly #owner: LockOwner;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string, owner: LockOwner) {
    this.#path = path;
    this.#owner = owner;
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
    // Before it stands in a file: who reads it there in this process must know that it is held.
    held.add(mine.token);
    try {
      for (;;) {
        if (create(path, mine)) return new RunLock(path, mine);
        const last = await lastOwner(path);
        if (last === null) continue;
        if (!(await isGone(last, silenceMs))) throw inUse(folder, last.owner);
        if (await succeed(path, last, mine)) return new RunLock(path, mine);
      }
    } catch (error) {
      held.delete(mine.token);
      throw error;
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

/** A lock's file and whom it names: null if it is torn, since its process died while writing it. */
interface Held {
  readonly path: string;
  readonly owner: LockOwner | null;
}

/**
 * The last owner of the folder: the lock's, or whoever succeeds it; null without a lock. A successor writes its own file,
 * named after the one it follows, and then moves that file over the lock; one that died between the two is found here.
 */
async function lastOwner(path: string): Promise<Held | null> {
  if ((await beatOf(path)) === null) return null;
  let last: Held = { path, owner: await parseOwner(path) };
  for (;;) {
    const next = successorPath(path, last.owner);
    if ((await beatOf(next)) === null) return last;
    last = { path: next, owner: await parseOwner(next) };
  }
}

async function isGone({ path, owner }: Held, silenceMs: number): Promise<boolean> {
  if (owner !== null && owner.host === hostname()) return ownerHasDied(owner);
  // It belongs to another machine, or its process died while writing it.
  const before = await beatOf(path);
  if (before === null) return true;
  await sleep(silenceMs);
  return (await beatOf(path)) === before;
}

async function beatOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? null;
}

/**
 * Takes the place of an owner that is gone. Of several that ask at once one alone creates the successor's file; whoever
 * created it too late, after the lock had changed hands, finds that the lock no longer leads to it, and withdraws.
 */
async function succeed(path: string, gone: Held, mine: LockOwner): Promise<boolean> {
  const claim = successorPath(path, gone.owner);
  if (!create(claim, mine)) return false;
  if ((await lastOwner(path))?.owner?.token !== mine.token) {
    await rm(claim, { force: true });
    return false;
  }
  await rename(claim, path);
  if (gone.path !== path) await rm(gone.path, { force: true });
  return true;
}

function successorPath(path: string, owner: LockOwner | null): string {
  const name = owner && createHash("sha256").update(owner.token).digest("hex").slice(0, 16);
  return `${path}.after-${name ?? "torn"}`;
}

/** Writes the owner into a new file, in one go, so that nobody reads half of it; false if the file exists. */
function create(path: string, owner: LockOwner): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, `${JSON.stringify(owner)}\n`);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

async function parseOwner(path: string): Promise<LockOwner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, "utf8")));
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
