/** A run on a Redis of its own, with a worker beside its coordinator, both of which have met the server before anything befalls it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type RedisServer, startRedis } from "../../queue/redis-server.ts";
import { type Ended, runIn, start, tells, until } from "./command.ts";

export interface OnRedis {
  readonly args: readonly string[];
  /** Modules of this folder that coordinator and worker load first. */
  readonly hooks?: readonly string[];
  /** Called again and again until the run has ended; returns the server, which may be another one. */
  readonly disturb: (server: RedisServer, settings: readonly string[]) => Promise<RedisServer>;
}

/** Returns how the coordinator ended. */
export async function playOnRedis(place: string, { args, hooks = [], disturb }: OnRedis): Promise<Ended> {
  const data = join(place, "redis");
  await mkdir(data);
  const settings = ["--appendonly", "yes", "--appendfsync", "everysec", "--dir", data];
  let server = await startRedis(settings);
  const named = ["--redis", server.url, "--run", "faulty"];
  const worker = start(["worker", ...named, "--concurrency", "1"], hooks);
  // A server that is gone before either has met it is another fault: no server.
  await until(() => isMet(server.url), worker);
  const folder = join(place, "run");
  const coordinator = start(runIn(folder, [...args, ...named, "--lease-seconds", "3"]), hooks);
  await until(() => tells(folder, "journal.jsonl", '"leased"'), coordinator);
  let running = true;
  const ended = coordinator.ended.finally(() => (running = false));
  const disturbAll = async (): Promise<void> => {
    server = await disturb(server, settings);
    if (running) await disturbAll();
  };
  await disturbAll();
  const how = await ended;
  worker.child.kill("SIGKILL");
  await worker.ended;
  await server.stop();
  if (how.code !== 0) throw new Error(`the run on Redis ended with ${how.code}: ${how.stderr}`);
  return how;
}

/** Whether anybody but who asks is connected. */
async function isMet(url: string): Promise<boolean> {
  const redis = new Redis(url);
  const clients = String(await redis.client("LIST"));
  await redis.quit();
  return clients.trim().split("\n").length > 1;
}
