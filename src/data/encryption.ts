/**
 * Keeps the texts of encrypted sets encrypted in what is written of them. A task of such a set has its `canary` in its metadata;
 * what is written of its episodes, in a run's folder or an export, is whole under BrowseComp's cipher with that canary beside
 * it, since questions and documents are in prompts, code, output, answers and token ids alike. What is read back goes through
 * `decryptedLine`.
 */
import { createHash } from "node:crypto";
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

// The cipher of BrowseComp (openai/simple-evals, MIT): it keeps texts out of what search engines and training sets read.

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text is written as ciphertexts are, in base64. Prose is not: it has spaces. */
export function looksEncrypted(text: string): boolean {
  return text !== "" && BASE64.test(text);
}

/**
 * The text behind a ciphertext in base64: its bytes XOR sha256(canary), the key repeated. Throws `DataError` for what is
 * no base64, or no UTF-8 under this canary, which is how most wrong canaries show.
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

/** The bytes XOR sha256(canary), the key repeated: encrypts what is plain, and decrypts what is not. */
export function withKey(bytes: Uint8Array, canary: string): Buffer {
  const key = createHash("sha256").update(canary, "utf8").digest();
  const changed = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) changed[i] = bytes[i]! ^ key[i & 31]!;
  return changed;
}
