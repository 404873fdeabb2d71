/** Reads the values of flags that several verbs have: counts, ports, seconds, token files. */
import { createSecureContext } from "node:tls";
import { readFile } from "node:fs/promises";
import { UsageError } from "../../src/errors.ts";
import { readTokens, type Token } from "../../src/http/bearer.ts";

/** A flag that counts something. Throws `UsageError` that names the flag. */
export function wholeNumber(value: number, flag: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${flag}: expected a whole number of at least ${least}, got ${value}`);
}

/** Throws `UsageError` for a number that is not a port. */
export function portFrom(port: number): number {
  if (wholeNumber(port, "--port", 0) <= 65_535) return port;
  throw new UsageError(`--port: expected at most 65535, got ${port}`);
}

/** Seconds, at most a day. Throws `UsageError` that names the flag. */
export function seconds(value: number, flag: string): number {
  if (value >= 0 && value <= 86_400) return value;
  throw new UsageError(`${flag}: expected seconds from 0 to 86400, got ${value}`);
}

/** The tokens of a file; an empty list without a file. Throws `UsageError`. */
export async function tokensFrom(file: string | undefined): Promise<readonly Token[]> {
  return file === undefined ? [] : readTokens(await readText(file, "--token-file"), `--token-file ${file}`);
}

/** The certificate and key of a server, as PEM; null if neither is named. Throws `UsageError`. */
export async function tlsFrom(
  cert: string | undefined,
  key: string | undefined,
): Promise<{ readonly cert: string; readonly key: string } | null> {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined)
    throw new UsageError("--tls-cert and --tls-key: expected both, a certificate and its key");
  const pair = { cert: await readText(cert, "--tls-cert"), key: await readText(key, "--tls-key") };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new UsageError(`--tls-cert ${cert}, --tls-key ${key}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return pair;
}

async function readText(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${flag} ${file}: ${(error as Error).message}`, { cause: error });
  }
}
