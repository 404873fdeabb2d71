/** What is written must lie where it was told to: not where a symbolic link in its place leads. */
import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import { RunError } from "../errors.ts";

/** Throws `RunError` where a file or folder that is to be written is a symbolic link: what is written or removed in it would lie elsewhere. */
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
