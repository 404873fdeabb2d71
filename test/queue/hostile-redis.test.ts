/** A Redis to which others write: what is not of the run is dropped by name, nothing of it is written, and nothing of the run is lost. */
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { joinRollout, rollout } from "../../envs/rollout.ts";
import { BullMqQueue } from "../../src/queue/redis/bullmq-queue.ts";
import { connectRedis } from "../../src/queue/redis/connect.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { hasRedis, type RedisServer, startRedis } from "./redis-server.ts";

if (!hasRedis) console.warn("no redis-server on this machine: the tests of a hostile Redis are skipped");

const repls = new PyodideReplPool({ size: 2 });
afterAll(() => repls.close());

const ASKED = { options: { length: "1k" }, policy: "grep", episodes: 2, repls } as const;
const comparable = (trajectories: readonly Trajectory[]) =>
  trajectories
    .map((record) => JSON.stringify(record, (key, value: unknown) => (key === "wallClock" ? 0 : value)))
    .toSorted();

describe.skipIf(!hasRedis)("a hostile Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  let alone: Trajectory[];
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    alone = await rollout("s-niah", ASKED);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  /** A coordinator that plays nothing itself, once it has told workers of its run and planned its jobs. */
  async function coordinated(run: string, resume?: string) {
    const folder = resume ?? join(await mkdtemp(join(tmpdir(), "rlm-gym-redis-")), "run");
    const warnings: string[] = [];
    const rollouts = rollout("s-niah", {
      ...ASKED,
      out: folder,
      resume: resume !== undefined,
      redis: { url: server.url, run },
      concurrency: 0,
      onWarning: (line) => warnings.push(line),
    });
    const ended = Promise.resolve(rollouts).then(
      (records) => ({ records, error: null }),
      (error: Error) => ({ records: [], error }),
    );
    while ((await redis.exists(`rlm-gym:${run}:intake-closed`)) === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const notice = JSON.parse((await redis.hget("rlm-gym:runs", run))!) as { configSha256: string };
    return { folder, warnings, ended, configSha256: notice.configSha256 };
  }

  const work = (run: string, onWarning: (line: string) => void = () => {}) =>
    joinRollout("s-niah", { ...ASKED, redis: { url: server.url, run }, concurrency: 1, onWarning });

  const report = (run: string, body: Buffer | string) =>
    redis.xadd(`rlm-gym:${run}:board:reports`, "*", "report", body);

  /** Reports that no worker of the run sends, each with a word of the complaint. */
  const reports = (): [name: string, body: Buffer | string, complaint: RegExp][] => {
    const [own, next] = alone as [Trajectory, Trajectory];
    const packed = (value: unknown) =>
      gzipSync(typeof value === "string" ? value : JSON.stringify(value), { level: 1 });
    const lease = {
      job: { id: own.rolloutId, payload: {} },
      attempt: 1,
      last: true,
      worker: "w",
      token: "t",
    };
    const played = (trajectory: unknown, change: object = {}) =>
      packed({ kind: "played", lease: { ...lease, ...change }, trajectory });
    const payload = {
      matchup: 0,
      index: 0,
      position: 0,
      repetition: 0,
      task: own.task.id,
      policy: "grep",
      seed: own.seed,
    };
    const job = (id: string, change: object = {}) => ({
      job: { id, payload: { ...payload, ...change } },
    });
    return [
      ["no gzip", "hello", /expected gzip/],
      ["nothing", "", /expected (gzip|JSON)/],
      ["gzip of no JSON", packed("{"), /expected JSON/],
      ["null", packed("null"), /expected object/i],
      ["nesting without end", packed("[".repeat(100_000) + "]".repeat(100_000)), /levels/],
      ["a bomb", gzipSync(Buffer.alloc(600_000_000, 32), { level: 1 }), /unpacks to more than/],
      ["another kind", packed({ kind: "stop" }), /kind/],
      [
        "an event of the coordinator's",
        packed({ kind: "event", event: { event: "ended", job: "x" } }),
        /event/,
      ],
      [
        "an event of a prototype",
        packed('{"kind":"event","event":{"__proto__":{"event":"leased","job":"x"}}}'),
        /event/,
      ],
      ["an event of 1 MB", packed({ kind: "event", event: { event: "lost", job: "x".repeat(1e6) } }), /job/],
      ["no lease", packed({ kind: "played", trajectory: own }), /lease/],
      ["an attempt below the first", played(own, { attempt: -1 }), /attempt/],
      ["no record", played({}), /schemaVersion/],
      ["a record of a later version", played({ ...own, schemaVersion: 9 }), /schemaVersion 9 is newer/],
      ["a record whose context is a path", played(withContext(own, "../../../x")), /hexadecimal digits/],
      [
        "a record whose context is another",
        played(withContext(own, "0".repeat(64))),
        /task\.context\.sha256|checksums/,
      ],
      ["a record of another rollout", played(next), /rolloutId/],
      ["a record of another run's policy", played({ ...own, policy: "oracle" }), /policy/],
      ["a changed record", played({ ...own, opening: `${own.opening}!` }), /checksums/],
      [
        "a job that this run has not",
        played(own, job("another-run/task/grep/1")),
        /it does not belong to this run/,
      ],
      ["a job of a matchup past the last", played(own, job("x", { matchup: 7 })), /no task 0 of matchup 7/],
      [
        "a job of a matchup that is a prototype's",
        played(own, job("x", { matchup: "__proto__" })),
        /matchup/,
      ],
      ["a job of an endless index", played(own, job("x", { index: 2 ** 52 })), /no task/],
      ["a job of no position", played(own, job("x", { position: -1 })), /position/],
    ];
  };

  it("cannot have a report written that is not of the run, and stops nothing", async () => {
    const { folder, warnings, ended } = await coordinated("reports");
    const sent = reports();
    for (const [, body] of sent) await report("reports", body);
    await redis.xadd("rlm-gym:reports:board:reports", "*", "other", "field");
    while ((await redis.xlen("rlm-gym:reports:board:reports")) > 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await readFile(join(folder, "trajectories.jsonl"), "utf8")).toBe("");
    for (const [index, [name, , complaint]] of sent.entries())
      expect(`${name}: ${warnings[index]}`).toMatch(complaint);
    await work("reports");
    const { records, error } = await ended;
    expect(error).toBeNull();
    expect(comparable(records)).toEqual(comparable(alone));
    expect((await readdir(join(folder, "contexts"))).toSorted()).toEqual(
      [...new Set(alone.map(({ task }) => task.context.sha256))].toSorted(),
    );
    expect(await readdir(join(folder, ".."))).toEqual(["run"]);
    const journal = await readFile(join(folder, "journal.jsonl"), "utf8");
    expect(journal.match(/"event":"ended"/g)).toHaveLength(1);
    expect({}).not.toHaveProperty("event");
  });

  it("cannot have a job played that is not of the run", async () => {
    const { ended, configSha256, warnings } = await coordinated("jobs");
    const queue = await BullMqQueue.open({ redis, run: "jobs", configSha256, room: 1000 });
    const at = { matchup: 0, index: 0, position: 0, repetition: 0, task: "t", policy: "grep", seed: 1 };
    const payloads: unknown[] = [
      null,
      7,
      [],
      "text",
      {},
      { matchup: 0 },
      { ...at, matchup: 9 },
      { ...at, position: 9 },
      at,
      {
        ...at,
        context: { chars: 1, sha256: "../../etc/passwd" },
      },
      {
        ...at,
        context: { chars: 1, sha256: "0".repeat(64) },
        problem: { task: JSON.parse('{"__proto__":{"id":"x"}}') as object },
      },
      { giant: "x".repeat(20_000_000) },
    ];
    for (const [index, payload] of payloads.entries())
      await queue.add({ id: `foreign-${index}`, payload: payload as never });
    await queue.add({ id: "broken", payload: {} });
    await redis.hset((await keyOf(redis, "jobs", "broken"))!, "data", '{"matchup": 0, ');
    await queue.close();
    const dropped: string[] = [];
    const worked = await work("jobs", (line) => dropped.push(line));
    const { records, error } = await ended;
    expect(error).toBeNull();
    expect(worked).toMatchObject({ episodes: 2, failedAttempts: 0 });
    expect(comparable(records)).toEqual(comparable(alone));
    expect(dropped).toHaveLength(payloads.length + 1);
    for (const line of dropped) expect(line).toMatch(/^a job on Redis is dropped: /);
    expect(warnings).toEqual([]);
  });

  it("that spoils a job of the run loses no record: the run says so, and resuming plays it", async () => {
    const { folder, ended } = await coordinated("spoilt");
    await redis.hset((await keyOf(redis, "spoilt", alone[0]!.rolloutId))!, "data", '{"version": "9.9.9"}');
    await work("spoilt");
    const first = await ended;
    expect(first.error?.message).toMatch(/1 episodes were lost .* --resume plays them/);
    const again = await coordinated("spoilt", folder);
    await work("spoilt");
    const { error } = await again.ended;
    expect(error).toBeNull();
    const lines = (await readFile(join(folder, "trajectories.jsonl"), "utf8")).trim().split("\n");
    expect(comparable(lines.map((line) => JSON.parse(line) as Trajectory))).toEqual(comparable(alone));
  });

  it("that answers a worker with rubbish does not end it", async () => {
    const { ended } = await coordinated("receipts");
    const answerAll = async () => {
      const key = `rlm-gym:receipts:board:receipts:${hostname()}:${process.pid}`;
      for (const text of [
        "",
        "{",
        "null",
        "7",
        '{"token":1}',
        '{"__proto__":{"token":"t"}}',
        "[".repeat(9999),
      ])
        await redis.rpush(key, text);
    };
    await answerAll();
    await work("receipts");
    expect(comparable((await ended).records)).toEqual(comparable(alone));
  });

  it("with notices of runs that are none is named, and hides no run that is one", async () => {
    const bad: [run: string, text: string][] = [
      ["bad-1", "{"],
      ["bad-2", "null"],
      ["bad-3", '{"run":"bad-3","__proto__":{"version":"1"}}'],
      ["bad-4", JSON.stringify({ run: "../../x" })],
      ["__proto__", "{}"],
    ];
    for (const [run, text] of bad) await redis.hset("rlm-gym:runs", run, text);
    const { ended } = await coordinated("honest");
    await work("honest");
    expect((await ended).error).toBeNull();
    const none = { ...ASKED, concurrency: 1, patienceSeconds: 0 };
    await expect(
      joinRollout("s-niah", { ...none, redis: { url: server.url, run: "bad-1" } }),
    ).rejects.toThrow(/Redis, run .*: /);
    const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-redis-")), "run");
    await expect(
      rollout("s-niah", { ...ASKED, out, redis: { url: server.url, run: "bad-2" } }),
    ).rejects.toThrow(/Redis, run bad-2: /);
    await redis.del("rlm-gym:runs");
  });

  it("whose stream of reports is something else ends the run by name", async () => {
    const { ended } = await coordinated("wrong-type");
    await redis.set("rlm-gym:wrong-type:board:reports", "text");
    const { error } = await ended;
    expect(error?.message).toMatch(/not this run's stream of reports: WRONGTYPE/);
    await redis.flushall();
  });
});

/** The key of a job. */
async function keyOf(redis: Redis, run: string, name: string): Promise<string | null> {
  for (const key of await redis.keys(`rlm-gym:${run}:r*`))
    if ((await redis.type(key)) === "hash" && (await redis.hget(key, "name")) === name) return key;
  return null;
}

function withContext(record: Trajectory, sha256: string): Trajectory {
  return { ...record, task: { ...record.task, context: { ...record.task.context, sha256 } } };
}
