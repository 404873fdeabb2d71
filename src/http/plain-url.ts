/** URLs of servers as they may be shown and written down: without what could be a secret. */
import { UsageError } from "../errors.ts";

/**
 * The URL without its query string and a slash at its end. Throws `UsageError` for what is not an http(s) URL, and for one with
 * a user name or password in it, of which the message shows nothing. @param what names it in the message
 */
export function plainUrl(url: string, what: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && (parsed.username !== "" || parsed.password !== ""))
    throw new UsageError(`${what}: expected no user name or password in it; the server is ${parsed.host}`);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`${what}: expected http://… or https://…, got ${JSON.stringify(url.slice(0, 100))}`);
  return (parsed.origin + parsed.pathname).replace(/\/$/, "");
}
