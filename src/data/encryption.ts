/**
 * Keeps the texts of encrypted sets encrypted in what is written of them. A task of such a set has its `canary` in its metadata;
 * what is written of its episodes, in a run's folder or an export, is whole under BrowseComp's cipher with that canary beside
 * it, since questions and documents are in prompts, code, output, answers and token ids alike. What is read back goes through
 * `decryptedLine`.
 */
import { decrypt, encrypt, withKey } from "../cipher.ts";
import { DataError } from "../errors.ts";
import type { Task } from "../types.ts";

/** A line whose value is encrypted: base64 of its JSON. */
interface EncryptedLine {
  readonly canary: string;
  readonly sealed: string;
}

/** The keys of an encrypted line, in their order. */
export const ENCRYPTED_KEYS = ["canary", "sealed"] as const;

/** The canary of the set that a task is of; null where its set is no encrypted one. */
export function canaryOf({ metadata }: Pick<Task, "metadata">): string | null {
  return typeof metadata.canary === "string" ? metadata.canary : null;
}

/**
 * Words about an episode as they may stand outside its record, in journals and on terminals: they may repeat a prompt or an
 * output, which for an encrypted set stand nowhere in plain.
 */
export function openWords(task: Pick<Task, "metadata">, words: string): string {
  return canaryOf(task) === null ? words : "(told in the record, which is encrypted)";
}

/** The value as it is to be written: as it is where there is no canary. */
export function encryptedLine(value: object, canary: string | null): object {
  if (canary === null) return value;
  return { canary, sealed: encrypt(JSON.stringify(value), canary) } satisfies EncryptedLine;
}

/** The inverse of `encryptedLine`, for a line that `JSON.parse` read. Throws `DataError` that names the place. */
export function decryptedLine(line: unknown, place: string): unknown {
  if (!isEncrypted(line)) return line;
  try {
    return JSON.parse(decrypt(line.sealed, line.canary));
  } catch (error) {
    throw new DataError(`${place}: "sealed": expected JSON encrypted with the line's canary`, {
      cause: error,
    });
  }
}

/** What the names of encrypted contexts end with; the hash before it is that of the plain bytes. */
export const ENCRYPTED_ENDING = ".sealed";
const HEAD_END = 0x0a;

/** Bytes as they are written under a canary: a line that names it, and the bytes under its key. */
export function encryptedFile(bytes: Uint8Array, canary: string): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ canary })}\n`), withKey(bytes, canary)]);
}

/** The inverse of `encryptedFile`. Throws `DataError` that names the place. */
export function decryptedFile(bytes: Buffer, place: string): Uint8Array {
  const end = bytes.indexOf(HEAD_END);
  try {
    const { canary } = JSON.parse(bytes.subarray(0, end).toString("utf8")) as { canary: unknown };
    if (typeof canary === "string") return withKey(bytes.subarray(end + 1), canary);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DataError(`${place}: expected a first line that names the canary`);
}

/** Whether a line is an encrypted one. */
export function isEncrypted(line: unknown): line is EncryptedLine {
  return (
    typeof line === "object" &&
    line !== null &&
    "sealed" in line &&
    typeof line.sealed === "string" &&
    "canary" in line &&
    typeof line.canary === "string"
  );
}
