/** Redis that is gone and comes back, with what it had written to disk: coordinator and worker wait for it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasRedis, startRedis } from "../../queue/redis-server.ts";
import { runIn, start } from "./command.ts";
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
    const coordinator = start(runIn(folder, [...args, ...queue]));
    const worker = start(["worker", "--redis", server.url, "--run", "faulty", "--concurrency", "1"]);
    let times = 0;
    const running = new AbortController();
    const ended = coordinator.ended.finally(() => running.abort());
    // A server that is gone before either has met it is another fault: no server.
    await sleep(wholeMs / 3);
    while (times < 5) {
      await sleep(random.uniform(0.05, 0.3) * wholeMs);
      if (running.signal.aborted) break;
      await server.stop();
      await sleep(random.uniform(100, 1000));
      server = await startRedis(kept, server.port);
      times += 1;
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
