/** Which files and folders are half written, so that a process that is told to end takes them away. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";

const begun = new Set<string>();

/** The path of a new temporary beside `path`, to be renamed to it when it is whole. `endTemporary` has to follow. */
export function beginTemporary(path: string): string {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  begun.add(temporary);
  return temporary;
}

/** Takes the temporary away where it was not renamed. */
export async function endTemporary(temporary: string): Promise<void> {
  await rm(temporary, { recursive: true, force: true });
  begun.delete(temporary);
}

/** Takes all of them away at once, for a process that ends before they are whole. */
export function removeTemporaries(): void {
  for (const temporary of begun) {
    // What is being written into a folder at this moment may come between.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    begun.delete(temporary);
  }
}
