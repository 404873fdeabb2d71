/** A worker of a run on Redis: builds the same matchups, takes leases, plays, and hands the records to the coordinator. */
import envPaths from "env-paths";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { openWords } from "../data/encryption.ts";
import { playEpisode } from "../episode/rollout.ts";
import { type DataError, RunError, UsageError } from "../errors.ts";
import { LanguagePools } from "../languages/language-pools.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { ContextStore } from "../queue/context-store.ts";
import { failureOf, ForeignRecordError, payloadOf } from "../queue/job-payload.ts";
import { problemFinder } from "../queue/job-problem.ts";
import type { PlannedRun } from "../queue/matchup.ts";
import type { Lease } from "../queue/queue.ts";
import { BullMqQueue } from "../queue/redis/bullmq-queue.ts";
import { connectRedis, shownRedis } from "../queue/redis/connect.ts";
import { ReportSender } from "../queue/redis/reports.ts";
import { runKey, hasJustEnded, listRuns, type RunNotice } from "../queue/redis/run-presence.ts";
import { episodeOf } from "../queue/run-jobs.ts";
import { workThrough } from "../queue/work.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Trajectory } from "../trajectory.ts";
import { version } from "../version.ts";
import type { WorkerOptions, Worked } from "./redis-options.ts";

const LOOK_MS = 1000;

/** What a worker plays, as built on its machine. */
export interface BuiltRun {
  readonly run: PlannedRun;
  /** A pool that is closed after the work. */
  readonly repls?: ReplPool & { close(): Promise<void> };
  readonly onOpen?: (redis: Redis, run: string) => void;
}

/** The run continued without this worker, or has ended. */
class RunEnded extends Error {
  override readonly name = "RunEnded";
}

/**
 * Returns when the run has ended. `build` makes the run's matchups on this machine; it throws if they would differ.
 * Throws `UsageError` if there is no such run, and `RunError` if the coordinator fell silent.
 */
export async function workForRun(
  options: WorkerOptions,
  build: (notice: RunNotice, store: ContextStore) => Promise<BuiltRun>,
): Promise<Worked> {
  const { url, run: wanted } = options.redis;
  const concurrency = options.concurrency ?? availableParallelism();
  const patienceMs = 1000 * (options.patienceSeconds ?? 60);
  const signal = options.signal ?? new AbortController().signal;
  const redis = await connectRedis(url);
  try {
    const notice = await findRun(redis, wanted, { patienceMs, address: shownRedis(url), signal });
    if (notice === null) return { run: wanted!, episodes: 0, failedAttempts: 0 };
    if (notice.version !== version)
      throw new UsageError(
        `run ${notice.run} uses rlm-gym ${notice.version}, this worker ${version}; install the same version`,
      );
    redis.on("close", () => options.onWarning?.("Redis is gone; waiting for it"));
    const folder = options.store ?? join(envPaths("rlm-gym", { suffix: "" }).cache, "store");
    const store = new ContextStore(folder, notice.store);
    const built = await build(notice, store);
    built.onOpen?.(redis, notice.run);
    const owned = new LanguagePools({ size: Math.min(concurrency, availableParallelism()) });
    const replsOf = (language: ReplLanguage) => built.repls ?? owned.of(language);
    options.onJoin?.(notice.run);
    const find = problemFinder(built.run, (summary) => store.context(summary));
    const play = async (lease: Lease, own: AbortSignal) => {
      const payload = payloadOf(lease.job);
      const episode = episodeOf(built.run, { replsOf }, payload, await find(payload));
      if (episode.reset.rolloutId !== lease.job.id)
        throw new ForeignRecordError(
          `job ${lease.job.id.slice(0, 200)}: it says what rollout ${episode.reset.rolloutId} is`,
        );
      return playEpisode(episode, own);
    };
    try {
      const played = await serve(redis, notice, { ...options, concurrency, patienceMs, play, signal });
      return { run: notice.run, ...played };
    } finally {
      await owned.close();
      await built.repls?.close();
    }
  } finally {
    redis.removeAllListeners("close");
    redis.disconnect();
  }
}

/** Null for a run that has just ended. */
async function findRun(
  redis: Redis,
  wanted: string | undefined,
  { patienceMs, address, signal }: { patienceMs: number; address: string; signal: AbortSignal },
): Promise<RunNotice | null> {
  const until = performance.now() + patienceMs;
  for (;;) {
    let refused: DataError | null = null;
    const runs = await listRuns(redis, (error) => (refused = error));
    const found = wanted === undefined ? runs : runs.filter(({ run }) => run === wanted);
    if (found.length === 1) return found[0]!;
    const names = runs.map(({ run }) => run).join(", ");
    if (found.length > 1)
      throw new UsageError(`Redis at ${address} has several runs: name one of ${names} with --run`);
    if (wanted !== undefined && (await hasJustEnded(redis, wanted))) return null;
    if (performance.now() >= until) {
      if (refused !== null) throw refused as DataError;
      const which = wanted === undefined ? "no run" : `no run ${wanted}`;
      throw new UsageError(`Redis at ${address} has ${which}${names === "" ? "" : `; it has ${names}`}`);
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

interface Serving extends Pick<WorkerOptions, "onEnd" | "onRetry" | "onWarning"> {
  readonly concurrency: number;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly play: (lease: Lease, signal: AbortSignal) => ReturnType<typeof playEpisode>;
}

/** Returns when the run has ended. */
async function serve(
  redis: Redis,
  notice: RunNotice,
  { play, ...serving }: Serving,
): Promise<Omit<Worked, "run">> {
  const { run, configSha256, attempts: maxAttempts, leaseMs } = notice;
  const worker = `${hostname()}:${process.pid}`;
  const sender = new ReportSender(redis, run, worker);
  const counts = { episodes: 0, failedAttempts: 0 };
  const queue = await BullMqQueue.open({
    redis,
    run,
    configSha256,
    maxAttempts,
    leaseMs,
    // The coordinator announces how attempts end, once their records are on its disk.
    journal: {
      write: async (event) => {
        if (event.event === "leased" || event.kind === "lost" || event.kind === "job")
          await sender.event(event);
      },
      close: async () => {},
    },
  });
  const ended = new AbortController();
  const watch = setInterval(() => void look().catch(() => {}), LOOK_MS);
  let silentSince: number | null = null;
  const look = async () => {
    const [alive, over] = [
      await redis.exists(runKey(run, "alive")),
      await redis.exists(runKey(run, "ended")),
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
        let trajectory: Trajectory;
        try {
          trajectory = await play(lease, signal);
        } catch (error) {
          if (!(error instanceof ForeignRecordError)) throw error;
          serving.onWarning?.(`a job on Redis is dropped: ${error.message}`);
          return failureOf(error);
        }
        const { again } = await sender.played(lease, trajectory, signal);
        if (again) {
          counts.failedAttempts += 1;
          serving.onRetry?.(trajectory);
        } else {
          counts.episodes += 1;
          serving.onEnd?.(trajectory);
        }
        const { error, task } = trajectory;
        return error && { ...error, message: openWords(task, error.message), retry: again };
      },
    });
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
  } finally {
    clearInterval(watch);
    sender.close();
    await queue.close();
  }
  return counts;
}
