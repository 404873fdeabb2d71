/** The cipher that keeps BrowseComp's texts out of what search engines and training sets read (openai/simple-evals, MIT). */
import { createHash } from "node:crypto";
import { DataError } from "../../src/errors.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The text behind a ciphertext in base64: its bytes XOR sha256(canary), the key repeated. Throws `DataError` for what is
 * no base64, or no UTF-8 under this canary, which is how most wrong canaries show.
 */
export function decrypt(ciphertext: string, canary: string): string {
  if (!BASE64.test(ciphertext)) throw new DataError("expected an encrypted text in base64");
  const key = createHash("sha256").update(canary, "utf8").digest();
  const bytes = Buffer.from(ciphertext, "base64").map((byte, i) => byte ^ key[i % key.length]!);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new DataError("expected a text encrypted with this canary", { cause: error });
  }
}
