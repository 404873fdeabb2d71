/** Writes a file so that nobody ever sees half of it: a temporary file beside it, then a rename. */
import { open, rename } from "node:fs/promises";
import { beginTemporary, endTemporary } from "./temporaries.ts";

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
