/** Redis that is gone and comes back, with what it had written to disk or with nothing: coordinator and worker go on. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { hasRedis, startRedis } from "../../queue/redis-server.ts";
import type { Fault } from "./fault.ts";
import { playOnRedis } from "./on-redis.ts";

const TIMES = 5;
const skip = hasRedis ? null : "no redis-server";

export const redisBack: Fault = {
  name: "redis is gone and back",
  skip,
  async befall({ place, offline, random }) {
    const { args, asked, wholeMs } = offline;
    let times = 0;
    const { stderr } = await playOnRedis(place, {
      args,
      disturb: async (server, settings) => {
        if (times < TIMES) {
          times += 1;
          await server.stop();
          await sleep(random.uniform(100, 1000));
          server = await startRedis(settings, server.port);
        }
        await sleep(random.uniform(0.05, 0.3) * wholeMs);
        return server;
      },
    });
    return {
      runs: [{ folder: join(place, "run"), asked, wholeJournal: false }],
      happened: stderr.includes("Redis is gone"),
      words: `${times} times`,
    };
  },
};

export const redisEmptied: Fault = {
  name: "redis loses what it knew",
  skip,
  async befall({ place, offline, random }) {
    const { args, asked, wholeMs } = offline;
    let times = 0;
    await playOnRedis(place, {
      args,
      disturb: async (server) => {
        if (times < TIMES) {
          times += 1;
          const redis = new Redis(server.url);
          await redis.flushall();
          await redis.quit();
        }
        // A coordinator looks for its run each second.
        await sleep(Math.max(1500, random.uniform(0.05, 0.3) * wholeMs));
        return server;
      },
    });
    return {
      runs: [{ folder: join(place, "run"), asked, wholeJournal: false }],
      happened: times > 0,
      words: `${times} times`,
    };
  },
};
