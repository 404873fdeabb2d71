/** Writes a file atomically: it writes a temporary file beside it, and renames that. */
import { open, rename, writeFile } from "node:fs/promises";
import { beginTemporary, endTemporary, forgetTemporary } from "./temporaries.ts";

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
    const file = await open(temporary, "wx");
    try {
      await writeFile(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    forgetTemporary(temporary);
  } catch (error) {
    await endTemporary(temporary);
    throw error;
  }
}
