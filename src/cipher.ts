/** The cipher that keeps BrowseComp's texts out of what search engines and training sets read (openai/simple-evals, MIT). */
import { createHash } from "node:crypto";
import { DataError } from "./errors.ts";

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
