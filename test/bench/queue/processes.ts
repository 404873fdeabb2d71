/** One worker process beside two, over a real redis-server and a slow model server. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEvent } from "../../../src/queue/queue-journal.ts";
import { startRedis } from "../../queue/redis-server.ts";
import { runIn, start } from "../../stress/faults/command.ts";
import { type Seen, startSlowServer } from "./slow-server.ts";

const LATENCY_MS = 200;
/** Few enough that the servers' and workers' own work leaves the cores idle now and then. */
const AT_A_TIME = 4;
const ROUNDS = 3;
/** A smaller run only shows that it runs. */
const SMALLEST = 40;

export interface Processes {
  readonly episodes: number;
  readonly rounds: number;
  /** Medians over the rounds. */
  readonly onePerSecond: number;
  readonly twoPerSecond: number;
  readonly ratio: number;
  readonly ratioAtLeast: 1.8;
  /** What the latency allows one. */
  readonly latencyAllowsOne: number;
}

/** @param episodes that one process plays; two play twice as many */
export async function twoProcesses(place: string, episodes: number): Promise<Processes> {
  const rounds = episodes < SMALLEST ? 1 : ROUNDS;
  const redis = await startRedis();
  const server = await startSlowServer(LATENCY_MS);
  const rates: number[][] = [[], []];
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const workers of [1, 2]) {
        const run = { folder: join(place, `processes-${round}-${workers}`), redis: redis.url };
        rates[workers - 1]!.push(await rateOf(server, { ...run, workers, episodes: episodes * workers }));
      }
  } finally {
    await server.close();
    redis.child.kill("SIGTERM");
    await once(redis.child, "exit");
  }
  const [one, two] = rates.map((values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!);
  return {
    episodes,
    rounds,
    onePerSecond: one!,
    twoPerSecond: two!,
    ratio: two! / one!,
    ratioAtLeast: 1.8,
    latencyAllowsOne: AT_A_TIME / (LATENCY_MS / 1000),
  };
}

interface Asked {
  readonly folder: string;
  readonly redis: string;
  readonly workers: number;
  readonly episodes: number;
}

/** Requests a second while all workers play. */
async function rateOf(
  server: { readonly baseUrl: string; seen(from: number, till: number): Promise<Seen> },
  { folder, redis, workers, episodes }: Asked,
): Promise<number> {
  const joined = Array.from({ length: workers }, () =>
    start(["worker", "--redis", redis, "--concurrency", String(AT_A_TIME)]),
  );
  const asked = `rollout s-niah --policy openai --model m --length 1k --concurrency 0 --episodes ${episodes}`;
  const coordinator = start(
    runIn(folder, [...asked.split(" "), "--base-url", server.baseUrl, "--redis", redis]),
  );
  for (const { ended } of [coordinator, ...joined]) {
    const { code, stderr } = await ended;
    if (code !== 0) throw new Error(`a process ended with ${code}: ${stderr}`);
  }
  const seen = await server.seen(0.3, 0.8);
  await expectAllAtWork(folder, seen, workers);
  return seen.requestsPerSecond;
}

/** Throws where a worker came late or left early: then the rate is not that of so many. */
async function expectAllAtWork(folder: string, { from, till }: Seen, workers: number): Promise<void> {
  const lines = (await readFile(join(folder, "journal.jsonl"), "utf8")).trim().split("\n");
  const times = new Map<string, number[]>();
  for (const line of lines) {
    const { event, worker, wallClock } = JSON.parse(line) as JournalEvent & { wallClock: { at: string } };
    if (event !== "done") continue;
    times.set(worker!, [...(times.get(worker!) ?? []), Date.parse(wallClock.at)]);
  }
  const all = [...times.values()].filter((at) => at[0]! <= from + 2000 && at.at(-1)! >= till - 2000);
  if (all.length !== workers)
    throw new Error(`${all.length} of ${workers} workers were at work; give it more episodes`);
}
