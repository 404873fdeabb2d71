/** Tracks files and folders that are not complete, so that a process that must end removes them. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";

const begun = new Set<string>();

/** Registers a temporary path beside `path`, to be renamed to it when it is complete. `endTemporary` or `forgetTemporary` must follow. */
export function beginTemporary(path: string): string {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  begun.add(temporary);
  return temporary;
}

/** For a temporary that was renamed: there is nothing to remove. */
export function forgetTemporary(temporary: string): void {
  begun.delete(temporary);
}

/** Removes the temporary if it was not renamed. */
export async function endTemporary(temporary: string): Promise<void> {
  await rm(temporary, { recursive: true, force: true });
  begun.delete(temporary);
}

/** Removes all temporaries synchronously, for a process that ends before they are complete. */
export function removeTemporaries(): void {
  for (const temporary of begun) {
    // Retries, since something may just be written into a folder.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    begun.delete(temporary);
  }
}
