/** What a file or a folder holds, as one hash: a run under the same configuration must read the same bytes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * The sha256 of a file's bytes, in hex; of a folder, that of the sorted names and hashes of its files, however deep. Throws
 * what the file system throws.
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
