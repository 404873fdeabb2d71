/**
 * Keeps the texts of encrypted datasets encrypted in files. A task of such a dataset has a `canary` in its metadata. Everything
 * that is written about its episodes, in a run's folder or an export, is encrypted as a whole with BrowseComp's cipher, with the
 * canary beside it: questions and documents occur in prompts, code, output, answers and token ids. `decryptedLine` reads it.
 */
import { createHash } from "node:crypto";
import { DataError } from "../errors.ts";
import type { Task } from "../types.ts";

/** An encrypted line: `sealed` is the encrypted JSON of the value in base64. */
interface EncryptedLine {
  readonly canary: string;
  readonly sealed: string;
}

/** The keys of an encrypted line, in their order. */
export const ENCRYPTED_KEYS = ["canary", "sealed"] as const;

/** The canary of a task's dataset; null if the dataset is not encrypted. */
export function canaryOf({ metadata }: Pick<Task, "metadata">): string | null {
  return typeof metadata.canary === "string" ? metadata.canary : null;
}

/**
 * A message about an episode for journals and terminals. It may repeat a prompt or output, so for a task of an encrypted dataset
 * it is replaced.
 */
export function openWords(task: Pick<Task, "metadata">, words: string): string {
  return canaryOf(task) === null ? words : "(told in the record, which is encrypted)";
}

/** The value to write: encrypted, or unchanged if the canary is null. */
export function encryptedLine(value: object, canary: string | null): object {
  if (canary === null) return value;
  return { canary, sealed: encrypt(JSON.stringify(value), canary) } satisfies EncryptedLine;
}

/** The inverse of `encryptedLine`, for a parsed line. Throws `DataError` that begins with `where`. */
export function decryptedLine(line: unknown, where: string): unknown {
  if (!isEncrypted(line)) return line;
  try {
    return JSON.parse(decrypt(line.sealed, line.canary));
  } catch (error) {
    throw new DataError(`${where}: "sealed": expected JSON encrypted with the line's canary`, {
      cause: error,
    });
  }
}

/** The ending of the names of encrypted contexts. The hash before it is that of the plain bytes. */
export const ENCRYPTED_ENDING = ".sealed";
const HEAD_END = 0x0a;

/** Bytes encrypted with a canary: a first line that names the canary, and the encrypted bytes. */
export function encryptedFile(bytes: Uint8Array, canary: string): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ canary })}\n`), withKey(bytes, canary)]);
}

/** The inverse of `encryptedFile`. Throws `DataError` that begins with `where`. */
export function decryptedFile(bytes: Buffer, where: string): Uint8Array {
  const end = bytes.indexOf(HEAD_END);
  try {
    const { canary } = JSON.parse(bytes.subarray(0, end).toString("utf8")) as { canary: unknown };
    if (typeof canary === "string") return withKey(bytes.subarray(end + 1), canary);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DataError(`${where}: expected a first line that names the canary`);
}

/** Whether a line is encrypted. */
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

// The cipher of BrowseComp (openai/simple-evals, MIT): it keeps texts out of what search engines and training sets read.

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text may be a ciphertext, that is, base64. Prose is not, since it has spaces. */
export function looksEncrypted(text: string): boolean {
  return text !== "" && BASE64.test(text);
}

/**
 * Decrypts a ciphertext in base64: its bytes XOR sha256(canary), with the key repeated. Throws `DataError` if the ciphertext is
 * not base64, or the result is not UTF-8, which reveals most wrong canaries.
 */
export function decrypt(ciphertext: string, canary: string): string {
  if (!BASE64.test(ciphertext)) throw new DataError("expected an encrypted text in base64");
  const bytes = withKey(Buffer.from(ciphertext, "base64"), canary);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new DataError("expected a text encrypted with this canary", { cause: error });
  }
}

/** The inverse of `decrypt`. */
export function encrypt(text: string, canary: string): string {
  return withKey(Buffer.from(text, "utf8"), canary).toString("base64");
}

/** The bytes XOR sha256(canary), with the key repeated: encrypts plain bytes and decrypts encrypted ones. */
export function withKey(bytes: Uint8Array, canary: string): Buffer {
  const key = createHash("sha256").update(canary, "utf8").digest();
  const changed = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) changed[i] = bytes[i]! ^ key[i & 31]!;
  return changed;
}
