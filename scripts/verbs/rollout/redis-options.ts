/** Turns the flags of a run on Redis into the library's options. */
import type { Redis } from "ioredis";
import { RedisPace } from "../../../src/queue/redis/redis-pace.ts";
import { runKey } from "../../../src/queue/redis/run-presence.ts";
import type { RedisOptions } from "../../../src/rollout/redis-options.ts";
import type { JsonObject } from "../../../src/types.ts";
import type { Governor } from "../../../src/models/governor.ts";
import { pacesOf } from "../../flags/pace-flags.ts";
import { redisUrl } from "../../flags/redis-flags.ts";
import { wholeNumber } from "../../flags/values.ts";
import type { RolloutFlags } from "./flags.ts";

/** Flags that concern only the coordinator, or hold a password. */
const OWN: ReadonlySet<string> = new Set([
  "_",
  "$0",
  "redis",
  "run",
  "out",
  "resume",
  "json",
  "concurrency",
  "deadline",
]);

/** Null without Redis. Throws `UsageError`. @param governor the one of the run's models */
export function redisOptions(
  flags: RolloutFlags & Record<string, unknown>,
  governor: Governor,
): RedisOptions | null {
  const url = redisUrl(flags.redis);
  if (url === undefined) return null;
  return {
    url,
    ...(flags.run !== undefined && { run: flags.run }),
    leaseSeconds: wholeNumber(flags["lease-seconds"], "--lease-seconds", 1),
    flags: Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN.has(name))) as JsonObject,
    onOpen: (redis, run) => shareRates(governor, flags, redis as Redis, run),
  };
}

/** Makes the models of this process share the rates of the flags with the run's other processes. */
export function shareRates(governor: Governor, flags: RolloutFlags, redis: Redis, run: string): void {
  const paceOf = (perMinute: number, name: string) =>
    new RedisPace(redis, runKey(run, `pace-${name}`), perMinute);
  governor.share(pacesOf(flags, paceOf));
}
