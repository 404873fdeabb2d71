/** Finds the files that a user means by a path: a file, several separated by commas, or a folder of them. */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "../../src/errors.ts";
import { isDataFile } from "./read-rows.ts";

/**
 * The data files of the paths; a folder stands for all files in it, in the order of their names. `split`: only files whose
 * name begins with it, such as `validation` for `validation-00000-of-00005.parquet`. Throws `UsageError` if none is left.
 */
export function dataFiles(paths: string, split?: string): string[] {
  const all = paths.split(",").flatMap((path) => (isFolder(path) ? filesIn(path) : [path]));
  const files = all.filter((file) => split === undefined || basename(file).startsWith(split));
  if (files.length > 0) return files;
  const wanted = split === undefined ? "data files" : `data files whose name begins with ${split}`;
  throw new UsageError(
    `${paths}: expected ${wanted}, found ${all.map((file) => basename(file)).join(", ") || "none"}`,
  );
}

function isFolder(path: string): boolean {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) throw new UsageError(`${path}: there is no such file or folder`);
  return entry.isDirectory();
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(isDataFile)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}
