/** Connects to Redis, and reports in one line why a server cannot be used. */
import type { Redis } from "ioredis";
import { untilAborted } from "../../until-aborted.ts";
import { RunError, UsageError } from "../../errors.ts";
import { redisPackages } from "./packages.ts";

/** The first version with all commands that the queue needs. */
export const OLDEST_REDIS = "6.2.0";
const CONNECT_MS = 10_000;

/**
 * A connection that waits for the server to return if it is lost later. `url` is `redis://[user:password@]host[:port][/db]`
 * or `rediss://…`. Throws `UsageError` for an invalid URL, a missing or wrong password, and a server that is too old or may
 * drop keys, and `RunError` if nobody answers. No message contains the password.
 */
export async function connectRedis(url: string): Promise<Redis> {
  const address = shownRedis(url);
  const { Redis } = await redisPackages();
  let hasConnected = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // Connects only once at first; a server that worked before is waited for.
    retryStrategy: (times) => (hasConnected ? Math.min(100 * times, 2000) : null),
  });
  let first: Error | undefined;
  redis.on("error", (error: Error) => (first ??= error));
  try {
    await untilAborted(AbortSignal.timeout(CONNECT_MS), async () => {
      await redis.connect();
      hasConnected = true;
      await expectUsable(redis, address);
    });
    return redis;
  } catch (error) {
    redis.disconnect();
    if (error instanceof UsageError) throw error;
    throw refused(address, first ?? (error as Error));
  }
}

/** The URL without its password, for messages. Throws `UsageError` if it is not a URL of Redis. */
export function shownRedis(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "")
    throw new UsageError("--redis: expected redis://[:password@]host[:port][/database]");
  const port = parsed.port === "" ? "6379" : parsed.port;
  return `${parsed.protocol}//${parsed.hostname}:${port}${parsed.pathname === "/" ? "" : parsed.pathname}`;
}

async function expectUsable(redis: Redis, address: string): Promise<void> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const version = field("redis_version") ?? "of an unknown version";
  if (isOlder(version, OLDEST_REDIS))
    throw new UsageError(`Redis at ${address} is ${version}; expected ${OLDEST_REDIS} or later`);
  const policy = field("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction" && field("maxmemory") !== "0")
    throw new UsageError(
      `Redis at ${address} may drop jobs (maxmemory-policy ${policy}); expected maxmemory-policy noeviction`,
    );
}

function isOlder(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split(".").map(Number));
  for (const [index, part] of want!.entries()) {
    const own = have![index] ?? 0;
    if (own !== part) return !(own > part);
  }
  return false;
}

function refused(address: string, error: Error): Error {
  const message = error.name === "TimeoutError" ? "no answer" : error.message;
  if (message.includes("NOAUTH"))
    return new UsageError(
      `Redis at ${address} asks for a password: give it in the URL, as redis://:PASSWORD@host, or in REDIS_URL`,
      { cause: error },
    );
  if (/WRONGPASS|invalid password|AUTH/.test(message))
    return new UsageError(`Redis at ${address} refuses the password or user: ${message}`, { cause: error });
  return new RunError(`Redis at ${address} cannot be reached: ${message}`, { cause: error });
}
