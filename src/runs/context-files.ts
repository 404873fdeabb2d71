/** The contexts of a run: each is stored once under its hash in the folder `contexts`, and records refer to it by the hash. */
import { createReadStream, existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { contextBytes, contextFromBytes } from "../data/context.ts";
import { decryptedFile, ENCRYPTED_ENDING, encryptedFile } from "../data/encryption.ts";
import { DataError } from "../errors.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import { expectBytesOf, expectSha256 } from "../files/content-hash.ts";
import { MOST_LOADED, TextFile } from "../text-file.ts";
import type { Context, ContextSummary } from "../types.ts";

/** The folder within a run's folder. */
export const CONTEXTS_FOLDER = "contexts";

/**
 * The path of a context, whether or not it exists. Throws `DataError` for a malformed hash, since it may come from somebody
 * else's record.
 */
export function contextPath(folder: string, sha256: string, encrypted: boolean): string {
  const name = expectSha256(sha256, "task.context.sha256");
  return join(folder, CONTEXTS_FOLDER, encrypted ? `${name}${ENCRYPTED_ENDING}` : name);
}

/** Whether the folder holds a context. Throws `DataError` for a malformed hash. */
export function hasContext(folder: string, { sha256 }: ContextSummary): boolean {
  return [true, false].some((encrypted) => existsSync(contextPath(folder, sha256, encrypted)));
}

/**
 * The context of a record, decrypted if it is encrypted. Throws `DataError` if the hash is malformed, no file has it, or
 * the file's bytes have another hash.
 */
export async function readContext(folder: string, { sha256, type }: ContextSummary): Promise<Context> {
  const encrypted = existsSync(contextPath(folder, sha256, true));
  const path = contextPath(folder, sha256, encrypted);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (type === "str" && !encrypted && size > MOST_LOADED) return await openedContext(path, sha256);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === "ENOENT";
    throw new DataError(
      isMissing ? `${path}: the context is not there` : `${path}: cannot be read (${error.message})`,
      { cause: error },
    );
  });
  const plain = encrypted ? decryptedFile(bytes, path) : bytes;
  expectBytesOf(sha256, plain, path);
  return contextFromBytes(type, plain);
}

/** A text that is too long to be loaded, where it stands. */
async function openedContext(path: string, sha256: string): Promise<TextFile> {
  const file = await TextFile.open(path);
  if (file.sha256 === sha256) return file;
  throw new DataError(`${path}: its bytes do not match its name: their hash is ${file.sha256}`);
}

/** Writes a context unless it is there already: a file under its hash is always complete. Throws errors of the file system. */
export async function writeContext(
  folder: string,
  sha256: string,
  context: Context,
  canary: string | null,
): Promise<void> {
  const path = contextPath(folder, sha256, canary !== null);
  if (existsSync(path)) return;
  if (context instanceof TextFile && canary === null)
    return await writeAtomically(path, createReadStream(context.path));
  const bytes = contextBytes(context);
  await writeAtomically(path, canary === null ? bytes : encryptedFile(bytes, canary));
}
