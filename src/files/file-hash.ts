/** Hashes the content of a file or folder, to check that a run with the same configuration reads the same bytes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * The sha256 of a file's bytes in hex. For a folder, the sha256 of the sorted names and hashes of all files in it. Throws errors
 * of the file system.
 */
export async function hashOfPath(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return hashOfFile(path);
  const hash = createHash("sha256");
  const names = await readdir(path, { recursive: true, encoding: "utf8" });
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1)))
    if ((await stat(join(path, name))).isFile())
      hash.update(`${JSON.stringify([name, await hashOfFile(join(path, name))])}\n`);
  return hash.digest("hex");
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
