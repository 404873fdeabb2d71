/**
 * How a run grows: what an episode takes here, by thread; whether a simulation of queues with these costs foretells what one, two
 * and four processes reach here; and what it foretells for machines that are not here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { joinRollout, rollout } from "../../envs/rollout.ts";
import { AppendLog } from "../../src/files/append-log.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { hasRedis, startRedis } from "../queue/redis-server.ts";
import { measure, type Row } from "./episodes/measure-cell.ts";
import { summarize, time } from "./measure.ts";
import { simulate } from "./scale/network.ts";
import { type Costs, kindOf, networkOf, type Scenario } from "./scale/scenario.ts";

const CELL = { latencyMs: 50, chars: 135_000, tokenIds: false, atOnce: 32 };
const PROCESSES = [1, 2, 4] as const;
/** Episodes that a simulation plays for each one at a time. */
const ROUNDS = 30;

/** @param options.sizes episodes of each measured run (default 400), and the machine's cores (default 2) */
export async function run({ json, sizes }: { json: boolean; sizes: readonly number[] }): Promise<void> {
  const [episodes = 400, cores = 2] = sizes;
  const rows: Row[] = [];
  for (const processes of PROCESSES) rows.push(await measure({ ...CELL, processes, episodes }));
  const redis = hasRedis ? await redisMs(60) : null;
  const [one, two] = rows as [Row, Row];
  const costs: Costs = {
    play: one.mainMs,
    repl: one.allMs - one.mainMs,
    coordinate: two.mainMs,
    redis: redis ?? 0,
    flush: await flushMs(),
  };
  const checked = rows.map((row) => {
    // The model server takes cores of the same machine here.
    const here = {
      ...costs,
      repl: costs.repl + row.serverMs,
      coordinate: row.processes === 1 ? 0 : costs.coordinate,
    };
    const foretold = played({
      ...onOne(here, cores),
      processes: row.processes,
      atOnce: CELL.atOnce / row.processes,
    });
    return { processes: row.processes, measured: row.episodesPerSecond, foretold: foretold.perSecond };
  });
  const grown = sweep(costs, redis !== null);
  if (json) console.log(JSON.stringify({ costs, checked, grown }));
  else {
    console.log("milliseconds for each episode");
    console.table({ ...costs, ...(redis === null && { redis: "not measured: there is no redis-server" }) });
    console.log(
      `episodes a second on ${cores} cores, ${CELL.atOnce} at once, ${CELL.latencyMs} ms for a reply`,
    );
    console.table(checked);
    console.log("simulated");
    console.table(grown);
  }
}

const onOne = (costs: Costs, cores: number): Omit<Scenario, "processes" | "atOnce"> => ({
  costs,
  machines: 1,
  cores,
  latencyMs: CELL.latencyMs,
  redis: false,
  apart: false,
});

function played(scenario: Scenario) {
  const network = networkOf(scenario);
  return simulate(network, network.population * ROUNDS);
}

/** Machines, processes and latencies beyond this machine. */
function sweep(costs: Costs, redis: boolean) {
  const single = [4, 16, 64].flatMap((cores) =>
    [50, 2000].map((latencyMs) => ({
      machines: 1,
      cores,
      processes: cores,
      atOnce: 64,
      latencyMs,
      redis: false,
    })),
  );
  const many = [1, 10, 100].flatMap((machines) =>
    [500, 5000].map((latencyMs) => ({
      machines,
      cores: 16,
      processes: 10,
      atOnce: 10,
      latencyMs,
      redis: true,
    })),
  );
  return [...single, ...(redis ? many : [])].map((scenario) => {
    const outcome = played({ ...scenario, costs, apart: scenario.redis });
    const share = (kind: string) =>
      Math.max(
        ...Object.entries(outcome.busy).flatMap(([name, busy]) => (kindOf(name) === kind ? [busy] : [])),
      );
    return {
      machines: scenario.machines,
      cores: scenario.cores,
      processes: scenario.machines * scenario.processes,
      "at once": scenario.machines * scenario.processes * scenario.atOnce,
      "latency ms": scenario.latencyMs,
      "episodes/s": Number(outcome.perSecond.toPrecision(3)),
      binds: Math.max(...Object.values(outcome.busy)) > 0.9 ? kindOf(outcome.binds) : "latency",
      ...Object.fromEntries(
        ["player", "cores", "coordinator", "redis", "disk"].map((kind) => [
          `${kind} busy`,
          Number(share(kind).toFixed(2)),
        ]),
      ),
    };
  });
}

/** The processor time of Redis for an episode: what the server says of itself. */
async function redisMs(episodes: number): Promise<number> {
  const { Redis } = await import("ioredis");
  const server = await startRedis();
  const client = new Redis(server.url);
  const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-bench-"));
  const repls = new PyodideReplPool({ size: 2 });
  try {
    const cpu = async () => {
      const told = await client.info("cpu");
      const seconds = [...told.matchAll(/used_cpu_(?:sys|user):([\d.]+)/g)].map(([, count]) => Number(count));
      return 1000 * seconds.reduce((sum, count) => sum + count, 0);
    };
    const before = await cpu();
    const redis = { url: server.url, run: "bench" };
    const asked = { options: { length: "1k" }, policy: "grep", episodes } as const;
    await Promise.all([
      rollout("s-niah", { ...asked, redis, out: path.join(folder, "run"), concurrency: 0, repls }),
      joinRollout("s-niah", { ...asked, redis, concurrency: 2 }),
    ]);
    return ((await cpu()) - before) / episodes;
  } finally {
    await repls.close();
    client.disconnect();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** Milliseconds until a record is on the disk. */
async function flushMs(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-bench-"));
  const log = await AppendLog.open(path.join(folder, "records.jsonl"));
  try {
    const record = { text: "a".repeat(30_000) };
    return summarize(await time(100, () => log.append(record)), "ms").median;
  } finally {
    await log.close();
    await rm(folder, { recursive: true });
  }
}
