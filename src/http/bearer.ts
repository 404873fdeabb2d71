/** Who can use a server: holders of a bearer token, compared in constant time, or else only pages and programs of this machine. */
import { createHash, timingSafeEqual } from "node:crypto";
import { UsageError } from "../errors.ts";

/** A token with its expiry; null if it does not expire. */
export interface Token {
  readonly secret: string;
  readonly expiresAt: Date | null;
}

const SHORTEST_SECRET = 16;

/** The tokens in a file, one per line: `SECRET` or `SECRET 2031-01-01T00:00:00Z`. Throws `UsageError` that names the line. */
export function readTokens(text: string, source: string): Token[] {
  const tokens = text.split(/\r?\n/).flatMap((line, index) => {
    const [secret, expiry, ...more] = line.trim().split(/\s+/);
    if (!secret || secret.startsWith("#")) return [];
    const expiresAt = expiry === undefined ? null : new Date(expiry);
    if (more.length > 0 || (expiresAt && Number.isNaN(expiresAt.getTime())))
      throw new UsageError(`${source}, line ${index + 1}: expected a token, optionally followed by a date`);
    if (secret.length < SHORTEST_SECRET)
      throw new UsageError(`${source}, line ${index + 1}: expected at least ${SHORTEST_SECRET} characters`);
    return [{ secret, expiresAt }];
  });
  if (tokens.length === 0) throw new UsageError(`${source}: expected a token, found none`);
  return tokens;
}

/** Whether the `Authorization` header has a valid token. Every token is compared in full, so that timing reveals nothing. */
export function isBearer(header: string | undefined, tokens: readonly Token[], now = new Date()): boolean {
  const given = digest(/^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? "");
  let holds = false;
  for (const { secret, expiresAt } of tokens) {
    const isSame = timingSafeEqual(given, digest(secret));
    if (isSame && (expiresAt === null || expiresAt > now)) holds = true;
  }
  return holds;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Whether only programs on this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whether an `Origin` header names a page of another machine. Programs send none. */
export function isForeignPage(origin: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isLoopback(new URL(origin).hostname);
}

/** Whether a `Host` header names another machine, as after DNS rebinding: a foreign site whose name points to loopback. */
export function isForeignHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return !isLoopback(host.replace(/:\d+$/, ""));
}

/** Whether a request has more than one `Host` header: of those, programs on its way may each believe another one. */
export function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length > 1;
}

/** Identifies the token in a header by its hash, which is not secret; null if there is none. */
export function ownerOf(header: string | undefined): string | null {
  const secret = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  return secret === undefined ? null : digest(secret).toString("base64");
}

/** Throws `UsageError` if a server would be open to other machines without a token. */
export function expectGuarded(host: string, tokens: readonly Token[]): void {
  if (isLoopback(host) || tokens.length > 0) return;
  throw new UsageError(
    `--host ${host} can be reached from other machines: give a token with --token-file FILE`,
  );
}
