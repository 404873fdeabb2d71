/** Who may talk to a server: the holder of a bearer token, compared in constant time; else only pages and programs of this machine. */
import { createHash, timingSafeEqual } from "node:crypto";
import { UsageError } from "../errors.ts";

/** A secret, and when it ends to be one; null where it does not. */
export interface Token {
  readonly secret: string;
  readonly expiresAt: Date | null;
}

const SHORTEST_SECRET = 16;

/** Tokens of a file: a line each, `SECRET` or `SECRET 2031-01-01T00:00:00Z`. Throws `UsageError` that names the line. */
export function readTokens(text: string, source: string): Token[] {
  const tokens = text.split(/\r?\n/).flatMap((line, index) => {
    const [secret, expiry, ...more] = line.trim().split(/\s+/);
    if (!secret || secret.startsWith("#")) return [];
    const expiresAt = expiry === undefined ? null : new Date(expiry);
    if (more.length > 0 || (expiresAt && Number.isNaN(expiresAt.getTime())))
      throw new UsageError(`${source}, line ${index + 1}: expected a token, and after it a date or nothing`);
    if (secret.length < SHORTEST_SECRET)
      throw new UsageError(`${source}, line ${index + 1}: expected at least ${SHORTEST_SECRET} characters`);
    return [{ secret, expiresAt }];
  });
  if (tokens.length === 0) throw new UsageError(`${source}: expected a token, found none`);
  return tokens;
}

/** Whether the `Authorization` header names a token that holds at this time. Every token is compared, and all of each. */
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

/** Whether only programs of this machine reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Without a token, a page in a browser may come from this machine alone; programs send no `Origin`. */
export function isForeignPage(origin: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isLoopback(new URL(origin).hostname);
}

/** Whether a `Host` header names another machine than this one, as that of a page does whose site's name was bound to loopback. */
export function isForeignHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return !isLoopback(host.replace(/:\d+$/, ""));
}

/** Which of the tokens a header holds, by a digest that is no secret; null where it holds none. */
export function ownerOf(header: string | undefined): string | null {
  const secret = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  return secret === undefined ? null : digest(secret).toString("base64");
}

/** Throws `UsageError` where a server would be open to others without a token. */
export function expectGuarded(host: string, tokens: readonly Token[]): void {
  if (isLoopback(host) || tokens.length > 0) return;
  throw new UsageError(`--host ${host} is reached from other machines: give a token with --token-file FILE`);
}
