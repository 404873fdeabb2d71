import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BullMqQueue } from "../../src/queue/redis/bullmq-queue.ts";
import { connectRedis } from "../../src/queue/redis/connect.ts";
import { queueContract } from "./queue-contract.ts";
import { hasRedis, type RedisServer, startRedis } from "./redis-server.ts";

describe.skipIf(!hasRedis)("with a redis-server", () => {
  let server: RedisServer;
  let redis: Redis;
  let runs = 0;

  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  queueContract("on Redis", (options) =>
    BullMqQueue.open({ ...options, redis, run: `run-${(runs += 1)}`, configSha256: "c" }),
  );

  describe("the queue on Redis, of several processes,", () => {
    const open = (run: string) =>
      BullMqQueue.open({ redis, run, configSha256: "c", backoffMs: 1, leaseMs: 60_000 });

    it("hands a job to only one of them, and releases both at the end", async () => {
      const [one, other] = [await open("two"), await open("two")];
      for (const id of ["a", "b"]) await one.add({ id, payload: { id } });
      await one.closeIntake();
      const leases = [(await one.lease("1"))!, (await other.lease("2"))!];
      expect(leases.map(({ job }) => job.id).toSorted()).toEqual(["a", "b"]);
      const waiting = [one.lease("1"), other.lease("2")];
      await one.complete(leases[0]!);
      await other.complete(leases[1]!);
      expect(await Promise.all(waiting)).toEqual([null, null]);
      await Promise.all([one.close(), other.close()]);
    });

    it("plays a job again soon, even if the clock of the process that failed it was hours ahead", async () => {
      const queue = await open("ahead");
      await queue.add({ id: "a", payload: {} });
      const lease = (await queue.lease("w"))!;
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5 * 3_600_000 });
      await queue.fail(lease, { kind: "repl", message: "it died", retry: true });
      vi.useRealTimers();
      expect(await queue.lease("w")).toMatchObject({ attempt: 2 });
      await queue.remove();
      await queue.close();
    });

    it("keeps jobs when a coordinator leaves, and continues with failed and open ones", async () => {
      const first = await open("again");
      for (const id of ["done", "failed", "waiting"]) await first.add({ id, payload: {} });
      await first.complete((await first.lease("w"))!);
      await first.fail((await first.lease("w"))!, { kind: "repl", message: "it died", retry: false });
      await first.close();
      const second = await open("again");
      await second.reopen();
      expect(await second.counts()).toEqual({ waiting: 1, leased: 0, done: 0, failed: 0 });
      expect(await second.add({ id: "waiting", payload: {} })).toBe(false);
      expect(await second.add({ id: "failed", payload: {} })).toBe(true);
      await second.remove();
      expect(await redis.keys("rlm-gym:again:*")).toEqual([]);
      await second.close();
    });
  });

  it("is refused without its password, with a wrong one, and if it drops keys", async () => {
    const locked = await startRedis(["--requirepass", "secret"]);
    try {
      await expect(connectRedis(locked.url)).rejects.toThrow(/asks for a password: give it in the URL/);
      const wrong = `redis://:guess@127.0.0.1:${locked.port}`;
      await expect(connectRedis(wrong)).rejects.toThrow(/refuses the password(?!.*guess)/);
      const open = await connectRedis(`redis://:secret@127.0.0.1:${locked.port}`);
      await open.config("SET", "maxmemory", "100mb");
      await open.config("SET", "maxmemory-policy", "allkeys-lru");
      open.disconnect();
      await expect(connectRedis(`redis://:secret@127.0.0.1:${locked.port}`)).rejects.toThrow(
        /may drop jobs .*expected maxmemory-policy noeviction/,
      );
    } finally {
      await locked.stop();
    }
  });
});

describe("a Redis that cannot be used", () => {
  it("is recognized by its version, by silence, and by an invalid URL", async () => {
    const old = await fakeRedis("5.0.14");
    const { port } = old.address() as AddressInfo;
    await expect(connectRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(
      /is 5\.0\.14; expected 6\.2\.0 or later/,
    );
    old.close();
    await expect(connectRedis("redis://127.0.0.1:1")).rejects.toThrow(/cannot be reached.*ECONNREFUSED/);
    await expect(connectRedis("localhost:6379")).rejects.toThrow(/expected redis:\/\//);
  });
});

/** Answers every command with the reply to INFO. */
async function fakeRedis(version: string): Promise<Server> {
  const info = `redis_version:${version}\r\nmaxmemory:0\r\n`;
  const server = createServer((socket) => {
    socket.on("data", (commands) => {
      const count = commands.toString().match(/^\*/gm)?.length ?? 0;
      socket.write(`$${info.length}\r\n${info}\r\n`.repeat(count));
    });
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
