/** Turns errors about a run's folder into one line that says which folder could not be written, and why. */
import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { RunError, UsageError } from "../errors.ts";

/** Checks the existing part of the path: making folders on a read-only file system fails as if one were missing. */
export async function checkWritable(folder: string): Promise<void> {
  let standing = resolve(folder);
  while (!existsSync(standing)) standing = dirname(standing);
  await access(standing, constants.W_OK);
}

/** Runs `write` and turns errors of the file system into `RunError`, or `UsageError` if the path is not a folder's. */
export async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "EEXIST" || error.code === "ENOTDIR") {
      throw new UsageError(
        `output folder ${folder}: it exists and is not a folder, or a part of its path is not`,
      );
    }
    throw new RunError(`cannot write to ${folder}: ${REASONS[String(error.code)] ?? error.message}`, {
      cause: error,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full (finished episodes are kept)",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ELOOP: "one of its files is a symbolic link; nothing is written through it",
};
