/** Opens a run on Redis: its name there, its notice to workers, and the store that they read. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { basename } from "node:path";
import type { Redis } from "ioredis";
import { connectRedis } from "../../../src/queue/redis/connect.ts";
import { RedisPace } from "../../../src/queue/redis/redis-pace.ts";
import { boardKey, type RunNotice, runName } from "../../../src/queue/redis/run-board.ts";
import { serveStore } from "../../../src/queue/context-store.ts";
import { configHash } from "../../../src/runs/manifest.ts";
import type { JsonObject } from "../../../src/types.ts";
import type { Asked } from "./asked.ts";
import { RedisRun } from "../../../src/queue/redis/run-coordinator.ts";
import { redisUrl } from "../../flags/redis-flags.ts";
import type { RolloutFlags } from "./flags.ts";
import type { RunLog } from "../../output/run-log.ts";
import { governorOf, pacesOf } from "../../flags/pace-flags.ts";
import { version } from "../../version.ts";
import { wholeNumber } from "../../flags/values.ts";

/** Flags that are the coordinator's own business, or hold a password. */
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

export interface Coordination {
  readonly remote: RedisRun;
  /** `ended`: takes the run off the server; else it is left for whoever resumes it. */
  close(ended: boolean): Promise<void>;
}

/** Null where no Redis is asked for. */
export async function coordinate(
  flags: RolloutFlags & Record<string, unknown>,
  asked: Asked,
  folder: string,
  log: RunLog,
): Promise<Coordination | null> {
  const url = redisUrl(flags.redis);
  if (url === undefined) return null;
  const redis = await connectRedis(url);
  redis.on("close", () => log.warn("Redis is gone; waiting for it"));
  const files = filesToServe(asked);
  // The address by which this machine reaches Redis is one that other machines that reach Redis may well reach.
  const host = redis.stream.localAddress ?? "127.0.0.1";
  const store = files.size > 0 ? await serveStore({ folder, files, host }) : null;
  const notice: RunNotice = {
    run: runName(flags.run ?? basename(folder)),
    version,
    config: asked.config,
    configSha256: configHash(asked.config),
    flags: Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN.has(name))) as JsonObject,
    owner: {
      token: randomUUID(),
      host: hostname(),
      pid: process.pid,
      wallClock: { since: new Date().toISOString() },
    },
    attempts: asked.attempts,
    leaseMs: 1000 * wholeNumber(flags["lease-seconds"], "--lease-seconds", 1),
    store: store && { url: store.url, key: store.key },
  };
  shareRates(redis, notice.run, flags);
  const remote = new RedisRun(redis, notice);
  const close = async (ended: boolean) => {
    redis.removeAllListeners("close");
    if (ended) await remote.end();
    remote.leave();
    await store?.close();
  };
  try {
    await remote.claim();
  } catch (error) {
    await close(false);
    throw error;
  }
  return { remote, close };
}

/** Has this process keep the rates of its flags together with the run's other processes. */
export function shareRates(redis: Redis, run: string, flags: RolloutFlags): void {
  const paceOf = (perMinute: number, name: string) =>
    new RedisPace(redis, boardKey(run, `pace-${name}`), perMinute);
  governorOf(flags).share(pacesOf(flags, paceOf));
}

/** The files that make generated tasks, by their hashes; folders are not served. */
function filesToServe({ config }: Asked): Map<string, string> {
  return new Map(
    Object.entries((config.files ?? {}) as Record<string, string>).map(([path, hash]) => [hash, path]),
  );
}
