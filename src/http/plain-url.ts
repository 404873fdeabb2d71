/** URLs of servers without parts that could be secret, to be used, shown and recorded. */
import { UsageError } from "../errors.ts";

/**
 * The URL without a slash at its end. Throws `UsageError` if it is not an http(s) URL, or has a user name, a password, a query
 * string or a fragment, since keys stand there. The message shows nothing of the URL but its host.
 *
 * @param what the name of the URL in the message
 */
export function plainUrl(url: string, what: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`${what}: expected a URL that begins with http:// or https://`);
  if (parsed.username !== "" || parsed.password !== "")
    throw new UsageError(`${what}: expected no user name or password in it; the server is ${parsed.host}`);
  if (/[?#]/.test(url))
    throw new UsageError(
      `${what}: expected nothing behind the path, as a "?" or "#" begins it; the server is ${parsed.host}. A key goes into an environment variable`,
    );
  return (parsed.origin + parsed.pathname).replace(/\/$/, "");
}
