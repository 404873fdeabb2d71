import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { joinRollout, rollout } from "../../envs/rollout.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { hasRedis, type RedisServer, startRedis } from "../queue/redis-server.ts";

const repls = new PyodideReplPool({ size: 2 });
afterAll(() => repls.close());

const comparable = (trajectories: readonly Trajectory[]) =>
  trajectories
    .map((record) => JSON.stringify(record, (key, value: unknown) => (key === "wallClock" ? 0 : value)))
    .toSorted();

describe.skipIf(!hasRedis)("rollout over Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it("is coordinated from the library, and gives the records that one process gives", async () => {
    const asked = { options: { length: "1k" }, policy: ["grep", "map-reduce"], episodes: 2 } as const;
    const alone = await rollout("s-niah", { ...asked, repls });
    const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-redis-")), "run");
    const redis = { url: server.url, run: "a" };
    const [together, worked] = await Promise.all([
      rollout("s-niah", { ...asked, out, redis, concurrency: 0 }),
      joinRollout("s-niah", { ...asked, redis, concurrency: 2 }),
    ]);
    expect(comparable(together)).toEqual(comparable(alone));
    expect(worked).toEqual({ run: "a", episodes: 4, failedAttempts: 0 });
  });

  it("refuses a worker that would play other episodes", async () => {
    const asked = { options: { length: "1k" }, policy: "grep", episodes: 1, groupSize: 1 } as const;
    const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-redis-")), "run");
    const redis = { url: server.url, run: "b" };
    const stop = new AbortController();
    const rollouts = rollout("s-niah", { ...asked, out, redis, concurrency: 0, signal: stop.signal });
    const ended = rollouts.then(
      () => "finished",
      (error: unknown) => (error as Error).message,
    );
    await expect(joinRollout("s-niah", { ...asked, episodes: 2, redis })).rejects.toThrow(
      /other episodes.*episodes/,
    );
    stop.abort(new Error("enough"));
    expect(await ended).toBe("enough");
  });
});
