/** Keeps the interpreter's snapshot on disk, under a key of all that went into it, so that workers start in a fraction of a second. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DataError, ReplError } from "../../errors.ts";
import { withLock } from "./build-lock.ts";
import type { EngineSource, Runtime } from "./protocol.ts";
import { toShared } from "./shared-bytes.ts";
import { WorkerThread } from "./worker-thread.ts";

const CHECKSUM_BYTES = 32;

/** A build takes some seconds; one that takes longer than this has lost its machine. */
const MAX_BUILD_MS = 120_000;

/**
 * Reads the snapshot, or has `make` make it where it is missing or damaged; of several processes one makes it for all. A
 * folder that cannot be written costs time only.
 */
export async function loadSnapshot(
  runtime: Runtime,
  engine: EngineSource,
  parts: readonly Uint8Array[],
  folder: string,
  make: typeof makeSnapshot = makeSnapshot,
): Promise<{ snapshot: Uint8Array<SharedArrayBuffer>; key: string }> {
  const key = await keyOf(engine, [
    ...parts,
    ...runtime.wheels.flatMap(({ name, bytes }) => [Buffer.from(name), bytes]),
  ]);
  const file = path.join(folder, `snapshot-${key}.bin`);
  const cached = await readChecked(file);
  if (cached) return { snapshot: cached, key };
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  const snapshot = await withLock(`${file}.lock`, MAX_BUILD_MS, async () => {
    const builtMeanwhile = await readChecked(file);
    if (builtMeanwhile) return builtMeanwhile;
    const made = await make(runtime, engine);
    await writeChecked(file, made).catch(() => undefined);
    return toShared(made);
  });
  return { snapshot, key };
}

/** Hashes the interpreter, the engine's Python and the worker's own code: a change of any makes another snapshot. */
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
    const made = await worker.replies.next<Uint8Array | string>();
    if (typeof made === "string") throw new DataError(made);
    return made;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new ReplError(`the Python interpreter's snapshot could not be made: ${String(error)}`, {
      cause: error,
    });
  } finally {
    await worker.terminate();
  }
}

async function readChecked(file: string): Promise<Uint8Array<SharedArrayBuffer> | null> {
  const bytes = await readFile(file).catch(() => null);
  if (!bytes || bytes.length <= CHECKSUM_BYTES) return null;
  const body = bytes.subarray(CHECKSUM_BYTES);
  return sha256(body).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? toShared(body) : null;
}

/** Writes beside and renames, so that nobody reads half a file and the last of several writers wins. */
async function writeChecked(file: string, body: Uint8Array): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  try {
    await writeFile(beside, Buffer.concat([sha256(body), body]));
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
