/** Plays a run's jobs until there are no more: builds the same matchups, takes leases, and hands records to the coordinator. */
import envPaths from "env-paths";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { RunError, UsageError } from "../../../src/errors.ts";
import { ContextStore } from "../../../src/queue/context-store.ts";
import { BullMqQueue } from "../../../src/queue/redis/bullmq-queue.ts";
import { connectRedis, shownRedis } from "../../../src/queue/redis/connect.ts";
import { ReportDesk } from "../../../src/queue/redis/reports.ts";
import { boardKey, hasJustEnded, listRuns, type RunNotice } from "../../../src/queue/redis/run-board.ts";
import type { Lease } from "../../../src/queue/queue.ts";
import { workThrough } from "../../../src/queue/work.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { playEpisode } from "../../../src/episode/rollout.ts";
import { openWords } from "../../../src/data/encryption.ts";
import { shareRates } from "../rollout/coordinate.ts";
import { onInterrupt } from "../../interrupt.ts";
import { payloadOf } from "../../../src/queue/job-payload.ts";
import { episodeOf } from "../../../src/queue/run-jobs.ts";
import { problemFinder } from "../../../src/queue/job-problem.ts";
import { redisUrl } from "../../flags/redis-flags.ts";
import { openRunLog, type RunLog } from "../../output/run-log.ts";
import { runAsAsked } from "./run-as-asked.ts";
import { wholeNumber } from "../../flags/values.ts";
import type { WorkerFlags } from "./flags.ts";

const LOOK_MS = 1000;

/** The run went on without this worker, or came to its end. */
class RunEnded extends Error {
  override readonly name = "RunEnded";
}

export async function workForRun(flags: WorkerFlags): Promise<void> {
  const url = redisUrl(flags.redis)!;
  const cores = availableParallelism();
  const concurrency = wholeNumber(flags.concurrency ?? cores, "--concurrency", 1);
  const patienceMs = 1000 * wholeNumber(flags.patience, "--patience", 0);
  const log = openRunLog(flags.log);
  const redis = await connectRedis(url);
  const interrupt = onInterrupt((line) => log.warn(line));
  try {
    const notice = await findRun(redis, flags.run, {
      patienceMs,
      place: shownRedis(url),
      signal: interrupt.signal,
    });
    if (notice === null) return tellEnd(flags, flags.run!, { episodes: 0, failedAttempts: 0 });
    redis.on("close", () => log.warn("Redis is gone; waiting for it"));
    const folder = flags.store ?? join(envPaths("rlm-gym", { suffix: "" }).cache, "store");
    const store = new ContextStore(folder, notice.store);
    const { asked, flags: theirs } = await runAsAsked(
      notice,
      { env: flags.env, baseUrl: flags["base-url"] },
      store,
    );
    shareRates(redis, notice.run, theirs);
    const size = Math.min(concurrency, cores);
    const repls = new PyodideReplPool({
      size,
      isolation: theirs.isolation,
      wheelFolder: theirs.wheels ?? null,
    });
    log.joined(notice.run, concurrency);
    const playing = { ...asked, make: { ...asked.make, repls } };
    const find = problemFinder(asked.matchups, (summary) => store.context(summary));
    const play = async (lease: Lease, signal: AbortSignal) => {
      const payload = payloadOf(lease.job);
      return playEpisode(episodeOf(playing, payload, await find(payload)), signal);
    };
    try {
      const played = await serve(redis, notice, {
        concurrency,
        patienceMs,
        play,
        log,
        signal: interrupt.signal,
      });
      tellEnd(flags, notice.run, played);
    } finally {
      await repls.close();
    }
  } finally {
    interrupt.done();
    redis.removeAllListeners("close");
    redis.disconnect();
  }
}

interface Played {
  readonly episodes: number;
  readonly failedAttempts: number;
}

function tellEnd({ json }: WorkerFlags, run: string, played: Played): void {
  process.stdout.write(
    json
      ? `${JSON.stringify({ run, ...played })}\n`
      : `run ${run} has ended; played here: ${played.episodes} episodes\n`,
  );
}

/** Null of a run that has just ended. */
async function findRun(
  redis: Redis,
  wanted: string | undefined,
  { patienceMs, place, signal }: { patienceMs: number; place: string; signal: AbortSignal },
): Promise<RunNotice | null> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const runs = await listRuns(redis);
    const found = wanted === undefined ? runs : runs.filter(({ run }) => run === wanted);
    if (found.length === 1) return found[0]!;
    const names = runs.map(({ run }) => run).join(", ");
    if (found.length > 1)
      throw new UsageError(`Redis at ${place} has several runs: name one of ${names} with --run`);
    if (wanted !== undefined && (await hasJustEnded(redis, wanted))) return null;
    if (performance.now() >= until) {
      const which = wanted === undefined ? "no run" : `no run ${wanted}`;
      throw new UsageError(`Redis at ${place} has ${which}${names === "" ? "" : `; it has ${names}`}`);
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

interface Serving {
  readonly concurrency: number;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly log: RunLog;
  readonly play: (lease: Lease, signal: AbortSignal) => ReturnType<typeof playEpisode>;
}

/** Returns when the run has ended. */
async function serve(redis: Redis, notice: RunNotice, { play, ...serving }: Serving): Promise<Played> {
  const { run, configSha256, attempts: maxAttempts, leaseMs } = notice;
  const worker = `${hostname()}:${process.pid}`;
  const desk = new ReportDesk(redis, run, worker);
  const counts = { episodes: 0, failedAttempts: 0 };
  const queue = await BullMqQueue.open({
    redis,
    run,
    configSha256,
    maxAttempts,
    leaseMs,
    // How attempts end is told by the coordinator, once their records are on its disk.
    journal: {
      write: async (event) => {
        if (event.event === "leased" || event.kind === "lost") await desk.event(event);
      },
      close: async () => {},
    },
  });
  const ended = new AbortController();
  const watch = setInterval(() => void look().catch(() => {}), LOOK_MS);
  let silentSince: number | null = null;
  const look = async () => {
    const [alive, over] = [
      await redis.exists(boardKey(run, "alive")),
      await redis.exists(boardKey(run, "ended")),
    ];
    if (over === 1) ended.abort(new RunEnded("the run has ended"));
    if (alive === 1) silentSince = null;
    else silentSince ??= performance.now();
    if (silentSince !== null && performance.now() - silentSince > serving.patienceMs)
      ended.abort(
        new RunError(`the coordinator of run ${run} has been silent for ${serving.patienceMs / 1000} s`),
      );
  };
  try {
    await workThrough(queue, {
      worker,
      concurrency: serving.concurrency,
      heartbeatMs: leaseMs / 3,
      signal: AbortSignal.any([serving.signal, ended.signal]),
      play: async (lease, signal) => {
        const trajectory = await play(lease, signal);
        const { again } = await desk.played(lease, trajectory, signal);
        if (again) {
          counts.failedAttempts += 1;
          serving.log.retried(trajectory);
        } else {
          counts.episodes += 1;
          serving.log.ended(trajectory);
        }
        const { error, task } = trajectory;
        return error && { ...error, message: openWords(task, error.message), retry: again };
      },
    });
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
  } finally {
    clearInterval(watch);
    desk.close();
    await queue.close();
  }
  return counts;
}
