/** Opens a run on Redis: its name there, its notice to workers, and the store that they read. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { basename } from "node:path";
import { serveStore } from "../queue/context-store.ts";
import { connectRedis } from "../queue/redis/connect.ts";
import { type RunNotice, runName } from "../queue/redis/run-presence.ts";
import { RedisRun } from "../queue/redis/run-coordinator.ts";
import { configHash } from "../runs/manifest.ts";
import type { JsonObject } from "../types.ts";
import { version } from "../version.ts";
import type { RedisOptions } from "./redis-options.ts";

/** A run on Redis, as its coordinator holds it. */
export interface Coordination {
  readonly remote: RedisRun;
  /** `ended`: removes the run from the server; otherwise it stays there to be resumed. */
  close(ended: boolean): Promise<void>;
}

/** What the notice says about the run. */
export interface Announced {
  readonly folder: string;
  readonly config: JsonObject;
  readonly attempts: number;
  readonly warn: (line: string) => void;
}

/** Throws `UsageError` for an unusable server or a name that is taken, and `RunError` if nobody answers. */
export async function coordinate(options: RedisOptions, announced: Announced): Promise<Coordination> {
  const { folder, config, attempts, warn } = announced;
  const redis = await connectRedis(options.url);
  redis.on("close", () => warn("Redis is gone; waiting for it"));
  const files = filesToServe(config);
  // Machines that reach Redis can most likely reach the address by which this machine reaches it.
  const host = redis.stream.localAddress ?? "127.0.0.1";
  const store = files.size > 0 ? await serveStore({ folder, files, host }) : null;
  const notice: RunNotice = {
    run: runName(options.run ?? basename(folder)),
    version,
    config,
    configSha256: configHash(config),
    flags: options.flags ?? null,
    owner: {
      token: randomUUID(),
      host: hostname(),
      pid: process.pid,
      wallClock: { since: new Date().toISOString() },
    },
    attempts,
    leaseMs: 1000 * (options.leaseSeconds ?? 30),
    store: store && { url: store.url, key: store.key },
  };
  options.onOpen?.(redis, notice.run);
  const remote = new RedisRun(redis, notice, warn);
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

/** The files that make generated tasks, by their hashes; folders are not served. */
function filesToServe(config: JsonObject): Map<string, string> {
  return new Map(
    Object.entries((config.files ?? {}) as Record<string, string>).map(([path, hash]) => [hash, path]),
  );
}
