/** Writes a file atomically: it writes a temporary file beside it, and renames that. */
import { open, rename } from "node:fs/promises";
import { beginTemporary, endTemporary } from "./temporaries.ts";

/** Writes a file so that readers never see half of it. Throws errors of the file system. */
export async function writeAtomically(path: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = beginTemporary(path);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await endTemporary(temporary);
  }
}
