/** Refuses symbolic links, so that files are written where they were meant to be, and not where a link leads. */
import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import { RunError } from "../errors.ts";

/** Throws `RunError` if a file or folder that will be written is a symbolic link, since writes and removals would happen elsewhere. */
export async function expectNoLink(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // Without a slash at its end, which would ask about the link's target.
    const found = await lstat(resolve(path)).catch(() => null);
    if (found?.isSymbolicLink())
      throw new RunError(
        `${path}: expected a file or folder, found a symbolic link; nothing is written through it`,
      );
  }
}
