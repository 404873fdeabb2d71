/** Content hashes: checks a sha256 before it becomes part of a path, and checks bytes against it. */
import { createHash } from "node:crypto";
import { DataError } from "../errors.ts";

const SHA256 = /^[0-9a-f]{64}$/;

/** Whether a value is a sha256 in 64 lower-case hexadecimal digits. */
export function isSha256(value: unknown): value is string {
  return typeof value === "string" && SHA256.test(value);
}

/** Returns a valid sha256. Throws `DataError` that begins with `where` for anything else, such as a path. */
export function expectSha256(value: unknown, where: string): string {
  if (isSha256(value)) return value;
  throw new DataError(`${where}: expected 64 lower-case hexadecimal digits, got ${shown(value)}`);
}

/** Throws `DataError` that begins with `where` unless these bytes have this hash. */
export function expectBytesOf(sha256: string, bytes: Uint8Array, where: string): void {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256)
    throw new DataError(`${where}: its bytes do not match its name: their hash is ${found}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
