/** URLs of servers without parts that could be secret, to be shown and recorded. */
import { UsageError } from "../errors.ts";

/**
 * The URL without its query string and a slash at its end. Throws `UsageError` if it is not an http(s) URL, or has a user name or
 * password, which the message does not show. @param what the name of the URL in the message
 */
export function plainUrl(url: string, what: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && (parsed.username !== "" || parsed.password !== ""))
    throw new UsageError(`${what}: expected no user name or password in it; the server is ${parsed.host}`);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`${what}: expected http://… or https://…, got ${JSON.stringify(url.slice(0, 100))}`);
  return (parsed.origin + parsed.pathname).replace(/\/$/, "");
}
