/** Redis that is gone and comes back, with what it had written to disk: coordinator and worker wait for it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { hasRedis, startRedis } from "../../queue/redis-server.ts";
import { runIn, start, tells, until } from "./command.ts";
import type { Fault } from "./fault.ts";

const LEASE_SECONDS = 3;

export const redisBack: Fault = {
  name: "redis is gone and back",
  skip: hasRedis ? null : "no redis-server",
  async befall({ place, offline, random }) {
    const { args, asked, wholeMs } = offline;
    const data = join(place, "redis");
    await mkdir(data);
    const kept = ["--appendonly", "yes", "--appendfsync", "everysec", "--dir", data];
    let server = await startRedis(kept);
    const folder = join(place, "run");
    const queue = ["--redis", server.url, "--run", "faulty", "--lease-seconds", String(LEASE_SECONDS)];
    const worker = start(["worker", "--redis", server.url, "--run", "faulty", "--concurrency", "1"]);
    // A server that is gone before either has met it is another fault: no server.
    await until(() => isMet(server.url), worker);
    const coordinator = start(runIn(folder, [...args, ...queue]));
    await until(() => tells(folder, "journal.jsonl", '"leased"'), coordinator);
    const running = new AbortController();
    const ended = coordinator.ended.finally(() => running.abort());
    let times = 0;
    while (times < 5 && !running.signal.aborted) {
      await server.stop();
      await sleep(random.uniform(100, 1000));
      server = await startRedis(kept, server.port);
      times += 1;
      await sleep(random.uniform(0.05, 0.3) * wholeMs);
    }
    const { code, stderr } = await ended;
    worker.child.kill("SIGKILL");
    await worker.ended;
    await server.stop();
    if (code !== 0) throw new Error(`the run on Redis ended with ${code}: ${stderr}`);
    return {
      runs: [{ folder, asked, wholeJournal: false }],
      happened: times > 0 && stderr.includes("Redis is gone"),
      words: `${times} times`,
    };
  },
};

/** Whether anybody but who asks is connected. */
async function isMet(url: string): Promise<boolean> {
  const redis = new Redis(url);
  const clients = String(await redis.client("LIST"));
  await redis.quit();
  return clients.trim().split("\n").length > 1;
}
