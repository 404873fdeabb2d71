/** Writes a file so that nobody ever sees half of it: a temporary file beside it, then a rename. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

export async function writeAtomically(path: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
