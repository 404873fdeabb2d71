/** Keeps the interpreter's snapshot on disk, so that workers start in a fraction of a second. Its key hashes all inputs. */
import { createHash, randomUUID } from "node:crypto";
import { constants, readdirSync, readFileSync } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { ReplError } from "../../errors.ts";
import { withLock } from "./build-lock.ts";
import type { EngineSource, Runtime } from "./protocol.ts";
import { toShared } from "./shared-bytes.ts";
import { WorkerThread } from "./worker-thread.ts";

const CHECKSUM_BYTES = 32;

/** Builds that are kept besides the one in use, such as those of other versions and checkouts. */
const OTHER_BUILDS = 7;
const BUILD_FILE = /^snapshot-[0-9a-f]{32}\.bin$/;
/** Files that a process leaves behind if it ends while it builds. */
const LEFTOVER = /^snapshot-[0-9a-f]{32}\.bin\./;
const [OWNER_ONLY, WRITABLE_BY_OTHERS] = [0o600, 0o022];

/** A build takes some seconds. One that takes longer than this is taken for dead. */
const MAX_BUILD_MS = 120_000;

/**
 * Reads the snapshot, or calls `make` if it is missing or damaged. Of several processes, one makes it for all. If the folder
 * cannot be written, the snapshot is made each time.
 */
export async function loadSnapshot(
  runtime: Runtime | Promise<Runtime>,
  engine: EngineSource,
  parts: readonly Uint8Array[],
  folder: string,
  make: typeof makeSnapshot = makeSnapshot,
): Promise<{ snapshot: Uint8Array<SharedArrayBuffer>; key: string }> {
  const key = keyOf(engine, parts);
  const file = path.join(folder, `snapshot-${key}.bin`);
  const cached = await readChecked(file, key);
  if (cached) return { snapshot: cached, key };
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const snapshot = await withLock(`${file}.lock`, MAX_BUILD_MS, async () => {
    const builtMeanwhile = await readChecked(file, key);
    if (builtMeanwhile) return builtMeanwhile;
    const made = await make(await runtime, engine);
    await writeChecked(file, key, made).catch(() => undefined);
    return toShared(made);
  });
  await prune(folder, path.basename(file)).catch(() => undefined);
  return { snapshot, key };
}

/** Removes the least recently used builds, and the leftovers of processes that died while they built. */
async function prune(folder: string, used: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => name !== used && name !== `${used}.lock`);
  const found = await Promise.all(
    others.map(async (name) => {
      const file = path.join(folder, name);
      return { file, name, usedMs: (await lstat(file).catch(() => null))?.mtimeMs ?? 0 };
    }),
  );
  const builds = found
    .filter(({ name }) => BUILD_FILE.test(name))
    .toSorted((one, other) => other.usedMs - one.usedMs);
  const leftovers = found.filter(
    ({ name, usedMs }) => LEFTOVER.test(name) && Date.now() - usedMs > 2 * MAX_BUILD_MS,
  );
  for (const { file } of [...builds.slice(OTHER_BUILDS), ...leftovers]) await rm(file, { force: true });
}

/** Hashes the interpreter, the engine's Python and the worker's code: a change in any of them makes another snapshot. */
function keyOf(engine: EngineSource, parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256").update(JSON.stringify(engine));
  for (const part of parts) hash.update(part);
  const folder = new URL("../worker/", import.meta.url);
  // A turn of the event loop for each of these small files takes much longer than reading them.
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".js"))
    .toSorted();
  for (const name of names) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest("hex").slice(0, 32);
}

async function makeSnapshot(runtime: Runtime, engine: EngineSource): Promise<Uint8Array> {
  const worker = new WorkerThread({ kind: "snapshot", runtime, engine });
  try {
    return await worker.replies.next<Uint8Array>();
  } catch (error) {
    throw new ReplError(`the Python interpreter's snapshot could not be made: ${String(error)}`, {
      cause: error,
    });
  } finally {
    await worker.terminate();
  }
}

/**
 * The snapshot in a file. Null if the file is damaged, or if another user could have written it, since Python's memory is
 * trusted until the interpreter is locked down. Links are not followed, and the open file itself is checked.
 */
async function readChecked(file: string, key: string): Promise<Uint8Array<SharedArrayBuffer> | null> {
  const found = await readOwn(file).catch(() => null);
  if (!found || !checksum(key, found.body).equals(found.sum)) return null;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
  return found.body;
}

/** A build as it is in its file. */
interface Build {
  readonly sum: Uint8Array;
  readonly body: Uint8Array<SharedArrayBuffer>;
}

async function readOwn(file: string): Promise<Build | null> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const status = await handle.stat();
    // Windows has no such owner and mode; there the cache folder is in the user's own profile.
    const isSafe =
      process.getuid === undefined ||
      (status.uid === process.getuid() && (status.mode & WRITABLE_BY_OTHERS) === 0);
    return status.isFile() && isSafe ? await readBuild(handle, status.size) : null;
  } finally {
    await handle.close();
  }
}

/** Reads a build into the memory that workers share at once, since to copy it there takes as long again. */
async function readBuild(handle: FileHandle, size: number): Promise<Build | null> {
  if (size <= CHECKSUM_BYTES) return null;
  const sum = new Uint8Array(CHECKSUM_BYTES);
  const body = new Uint8Array(new SharedArrayBuffer(size - CHECKSUM_BYTES));
  const isWhole = (await fill(handle, sum, 0)) && (await fill(handle, body, CHECKSUM_BYTES));
  return isWhole ? { sum, body } : null;
}

/** Reads as many bytes as there is room for, from a place of the file on; false if it ends before. */
async function fill(handle: FileHandle, room: Uint8Array, from: number): Promise<boolean> {
  for (let at = 0; at < room.length;) {
    const { bytesRead } = await handle.read(room, at, room.length - at, from + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** Writes another file and renames it, so that nobody reads half a file. The last of several writers wins. */
async function writeChecked(file: string, key: string, body: Uint8Array): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  try {
    await writeFile(beside, Buffer.concat([checksum(key, body), body]), { mode: OWNER_ONLY, flag: "wx" });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Covers the key too, so that a renamed build is not taken for another one. */
function checksum(key: string, body: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(body).digest();
}
