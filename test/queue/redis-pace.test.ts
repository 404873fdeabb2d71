import { describe, expect, it } from "vitest";
import { connectRedis } from "../../src/queue/redis/connect.ts";
import { RedisPace } from "../../src/queue/redis/redis-pace.ts";
import { hasRedis, startRedis } from "./redis-server.ts";

describe.skipIf(!hasRedis)("a pace on Redis", () => {
  it("is shared by all who use it", async () => {
    const server = await startRedis();
    const redis = await connectRedis(server.url);
    const paces = [new RedisPace(redis, "pace", 600), new RedisPace(redis, "pace", 600)];
    const waits: number[] = [];
    for (let i = 0; i < 60; i += 1) waits.push(await paces[i % 2]!.book(1));
    expect(waits.slice(0, 11).every((ms) => ms === 0)).toBe(true);
    // The last of 60 requests at ten a second waits 4.9 s, minus the time that the test itself took.
    expect(waits.at(-1)).toBeGreaterThan(1000);
    expect(waits.at(-1)).toBeLessThanOrEqual(4900);
    paces[0]!.giveBack(1000);
    expect(await paces[1]!.book(1)).toBe(0);
    redis.disconnect();
    await server.stop();
  });
});
