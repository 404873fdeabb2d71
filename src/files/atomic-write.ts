/** Writes a file atomically: it writes a temporary file beside it, and renames that. */
import { close, constants, fsync, open, rename, write } from "node:fs";
import { open as openHandle, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { beginTemporary, endTemporary, forgetTemporary } from "./temporaries.ts";

/**
 * Makes each write wait for the disk, which spares a call for that. Undefined where the system has nothing of the kind, or, as macOS,
 * would not wait until the disk itself has written.
 */
export const WRITES_TO_DISK =
  process.platform === "darwin" ? undefined : (constants.O_DSYNC as number | undefined);

/** Systems write no more than two gigabytes at once. */
const MOST_AT_ONCE = 2 ** 30;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const [openFile, writeTo, flush, closeFile, renameFile] = [
  promisify(open),
  promisify(write),
  promisify(fsync),
  promisify(close),
  promisify(rename),
];

/**
 * Writes a file so that readers never see half of it. Pieces are written as they come, so that the whole need not be held. Throws
 * errors of the file system.
 */
export async function writeAtomically(
  path: string,
  bytes: string | Uint8Array | Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = beginTemporary(path);
  try {
    if (typeof bytes === "string") await writeWhole(temporary, Buffer.from(bytes, "utf8"));
    else if (bytes instanceof Uint8Array) await writeWhole(temporary, bytes);
    else await writePieces(temporary, bytes);
    await renameFile(temporary, path);
    forgetTemporary(temporary);
  } catch (error) {
    await endTemporary(temporary);
    throw error;
  }
}

/** Runs write a file for each episode, so this one takes as few calls as it can. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await openFile(path, NEW | (WRITES_TO_DISK ?? 0));
  try {
    for (let at = 0; at < bytes.length;) {
      const length = Math.min(bytes.length - at, MOST_AT_ONCE);
      at += (await writeTo(file, bytes, at, length)).bytesWritten;
    }
    if (WRITES_TO_DISK === undefined) await flush(file);
  } finally {
    await closeFile(file);
  }
}

async function writePieces(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const file = await openHandle(path, "wx");
  try {
    await writeFile(file, pieces);
    await file.sync();
  } finally {
    await file.close();
  }
}
