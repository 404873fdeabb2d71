/** Errors of a run's folder, in one line that says which folder could not be written, and why. */
import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { RunError, UsageError } from "../errors.ts";

/** Asks the part of the path that stands: making folders on a read-only file system fails as if one were missing. */
export async function checkWritable(folder: string): Promise<void> {
  let standing = resolve(folder);
  while (!existsSync(standing)) standing = dirname(standing);
  await access(standing, constants.W_OK);
}

/** Runs `write` and turns what the file system throws into `RunError`, or `UsageError` where the path is none. */
export async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "EEXIST" || error.code === "ENOTDIR") {
      throw new UsageError(
        `output folder ${folder}: it exists and is no folder, or a part of its path is none`,
      );
    }
    throw new RunError(`cannot write to ${folder}: ${REASONS[String(error.code)] ?? error.message}`, {
      cause: error,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full (what ended before is kept)",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ELOOP: "one of its files is a symbolic link, through which nothing is written",
};
