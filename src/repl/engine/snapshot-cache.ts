/** Keeps the interpreter's snapshot on disk, so that workers start in a fraction of a second. Its key hashes all inputs. */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
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
  runtime: Runtime,
  engine: EngineSource,
  parts: readonly Uint8Array[],
  folder: string,
  make: typeof makeSnapshot = makeSnapshot,
): Promise<{ snapshot: Uint8Array<SharedArrayBuffer>; key: string }> {
  const key = await keyOf(engine, parts);
  const file = path.join(folder, `snapshot-${key}.bin`);
  const cached = await readChecked(file, key);
  if (cached) return { snapshot: cached, key };
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const snapshot = await withLock(`${file}.lock`, MAX_BUILD_MS, async () => {
    const builtMeanwhile = await readChecked(file, key);
    if (builtMeanwhile) return builtMeanwhile;
    const made = await make(runtime, engine);
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
async function keyOf(engine: EngineSource, parts: readonly Uint8Array[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(engine));
  for (const part of parts) hash.update(part);
  const folder = new URL("../worker/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).toSorted();
  for (const name of names) hash.update(await readFile(new URL(name, folder)));
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
  const bytes = await readOwn(file).catch(() => null);
  if (!bytes || bytes.length <= CHECKSUM_BYTES) return null;
  const body = bytes.subarray(CHECKSUM_BYTES);
  if (!checksum(key, body).equals(bytes.subarray(0, CHECKSUM_BYTES))) return null;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
  return toShared(body);
}

async function readOwn(file: string): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const status = await handle.stat();
    // Windows has no such owner and mode; there the cache folder is in the user's own profile.
    const isSafe =
      process.getuid === undefined ||
      (status.uid === process.getuid() && (status.mode & WRITABLE_BY_OTHERS) === 0);
    return status.isFile() && isSafe ? await handle.readFile() : null;
  } finally {
    await handle.close();
  }
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
