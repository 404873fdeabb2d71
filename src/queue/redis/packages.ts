/** Loads the packages for Redis, which are optional peers, when a queue on Redis is used. */
import type { Redis } from "ioredis";
import { UsageError } from "../../errors.ts";

export interface RedisPackages {
  readonly bullmq: typeof import("bullmq");
  readonly Redis: typeof Redis;
}

/** Throws `UsageError` that says what to install if one is missing. */
export async function redisPackages(): Promise<RedisPackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, Redis: ioredis.Redis };
  } catch (error) {
    throw new UsageError("a queue on Redis needs two more packages: npm install bullmq ioredis", {
      cause: error,
    });
  }
}
