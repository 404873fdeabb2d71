/** Runs on Redis, as users meet them: a coordinator and a worker that share only the server. */
import { readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRedis } from "../../src/queue/redis/connect.ts";
import type { RunNotice } from "../../src/queue/redis/run-presence.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { hasRedis, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { complaints, rlmGym, rlmGymProcess, scratch, trajectoriesIn } from "./command.ts";

const ROW = (index: number) => ({
  index,
  input: `Some special magic numbers are hidden within the following text. Make sure to memorize it. I will quiz you about the numbers afterwards.\nThe grass is green. One of the special magic numbers for blue-cat is: ${7_000_000 + index}. The sky is blue.\nWhat are all the special magic numbers for blue-cat mentioned in the provided text? The special magic numbers for blue-cat mentioned in the provided text are`,
  outputs: [String(7_000_000 + index)],
  length: 60,
});
const ASKED = ["rollout", "s-niah", "--ruler", "ruler.jsonl", "--policy", "grep,map-reduce"];
const comparable = (trajectories: readonly Trajectory[]) =>
  trajectories
    .map((record) => JSON.stringify(record, (key, value: unknown) => (key === "wallClock" ? 0 : value)))
    .toSorted();

describe.skipIf(!hasRedis)("a run on Redis", () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  it("gives the same result as a run of one process, with a worker that has none of its files", async () => {
    const [home, elsewhere] = [await scratch(), await scratch()];
    await writeFile(
      join(home, "ruler.jsonl"),
      [0, 1, 2].map((at) => `${JSON.stringify(ROW(at))}\n`).join(""),
    );
    const asked = [...ASKED, "--episodes", "3", "--group-size", "2", "--json"];
    const alone = await rlmGym([...asked, "--out", "alone"], { cwd: home });
    expect(alone.code).toBe(0);
    const there = ["--out", "shared", "--redis", server.url, "--concurrency", "0"];
    const coordinator = rlmGymProcess([...asked, ...there], { cwd: home });
    const store = ["--store", join(elsewhere, "store"), "--log", "json"];
    const worker = await rlmGym(["worker", "--redis", server.url, "--json", ...store], { cwd: elsewhere });
    expect(worker).toMatchObject({ code: 0 });
    const events = worker.stderr
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(["run_joined", ...Array.from({ length: 12 }, () => "episode_ended")]);
    expect(JSON.parse(worker.stdout)).toEqual({ run: "shared", episodes: 12, failedAttempts: 0 });
    const together = await coordinator;
    expect(together.code).toBe(0);
    const { run: _, ...rows } = JSON.parse(together.stdout) as { run: string };
    expect({ run: "alone", ...rows }).toEqual(JSON.parse(alone.stdout));
    const [one, other] = [
      await trajectoriesIn(join(home, "alone")),
      await trajectoriesIn(join(home, "shared")),
    ];
    expect(comparable(other)).toEqual(comparable(one));
    expect(await readdir(join(elsewhere, "store", "contexts"))).toHaveLength(3);
    const late = await rlmGym(["worker", "--redis", server.url, "--run", "shared", "--json"]);
    expect(late.code).toBe(0);
    expect(JSON.parse(late.stdout)).toEqual({ run: "shared", episodes: 0, failedAttempts: 0 });
    expect(await redis.keys("rlm-gym:shared:*")).toEqual(["rlm-gym:shared:board:ended"]);
  });

  describe("is refused", () => {
    const notice = (change: Partial<RunNotice>): RunNotice => ({
      run: "a",
      version: "0.0.1",
      config: { episodes: 1 },
      configSha256: "other",
      flags: {},
      owner: { token: "t", host: hostname(), pid: process.ppid, wallClock: { since: "2026-01-01" } },
      attempts: 3,
      leaseMs: 30_000,
      store: null,
      ...change,
    });
    const publish = (change: Partial<RunNotice> = {}) =>
      redis.hset("rlm-gym:runs", "a", JSON.stringify(notice(change)));
    const worker = (...more: string[]) =>
      rlmGym(["worker", "--redis", server.url, "--patience", "0", ...more]);

    it("for a worker if there is no run, none of that name, or one of another version", async () => {
      await redis.flushall();
      for (const [flags, complaint] of [
        [[], "has no run"],
        [["--run", "b"], "has no run b; it has a"],
        [[], "run a uses rlm-gym 0.0.1, this worker "],
      ] as const) {
        const ended = await worker(...flags);
        expect(complaints(ended)).toEqual([expect.stringContaining(complaint)]);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        await publish();
      }
    });

    it("for a coordinator if the server holds another run of that name, running or not", async () => {
      const place = await scratch();
      const here = () =>
        rlmGym(["rollout", "s-niah", "--length", "1k", "--out", join(place, "a"), "--redis", server.url]);
      await publish({ owner: { ...notice({}).owner, pid: 2 ** 22 + 1 } });
      const left = await here();
      expect(complaints(left)).toEqual([
        expect.stringMatching(/holds run a under another configuration: .*episodes: 1 in the run, 20 now/),
      ]);
      expect(left.code).toBe(2);
      await publish();
      await redis.set("rlm-gym:a:board:alive", "t");
      const living = await here();
      expect(complaints(living)).toEqual([
        expect.stringContaining(
          `process ${process.ppid} on ${hostname()} has coordinated it since 2026-01-01`,
        ),
      ]);
      expect(living.code).toBe(1);
      expect(await readdir(place)).toEqual([]);
      await redis.flushall();
    });
  });
});
