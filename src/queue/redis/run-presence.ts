/** What a run's coordinator says of it on Redis: its configuration, that it lives, and that it has ended. */
import type { Redis } from "ioredis";
import { z } from "zod";
import { DataError, RunError, UsageError } from "../../errors.ts";
import { expectShape } from "../../record/expect-record.ts";
import { configDifference } from "../../runs/config-difference.ts";
import { type LockOwner, ownerHasDied } from "../../runs/run-lock.ts";
import type { JsonObject } from "../../types.ts";
import { PREFIX } from "./bullmq-queue.ts";
import { foreignJson } from "./foreign-json.ts";

const RUNS = `${PREFIX}:runs`;
const ALIVE_MS = 10_000;
const BEAT_MS = 1000;
/** How long a run that has ended is known to have. */
const ENDED_SECONDS = 600;
const JUST_SECONDS = 30;

/** A run as its workers find it. */
export interface RunNotice {
  readonly run: string;
  /** Of rlm-gym; workers of another one make other episodes. */
  readonly version: string;
  readonly config: JsonObject;
  readonly configSha256: string;
  /** The flags that were asked for, from which the command's workers build the same matchups; null of a run of the library. */
  readonly flags: JsonObject | null;
  readonly owner: LockOwner;
  readonly attempts: number;
  readonly leaseMs: number;
  /** Where contexts and files are fetched from by hash; null where no worker needs any. */
  readonly store: { readonly url: string; readonly key: string } | null;
}

/** Names of runs on BullMQ's side hold no colon; what else file systems allow is kept readable. */
export function runName(text: string): string {
  return text.replace(/[^\w.-]+/g, "-") || "run";
}

export function runKey(run: string, name: string): string {
  return `${PREFIX}:${run}:board:${name}`;
}

const noticeShape = z.looseObject({
  run: z.string().regex(/^[\w.-]+$/, "expected letters, digits, dots, dashes and underscores"),
  version: z.string(),
  config: z.record(z.string(), z.unknown()),
  configSha256: z.string(),
  flags: z.record(z.string(), z.unknown()).nullable(),
  owner: z.looseObject({
    token: z.string(),
    host: z.string(),
    pid: z.int(),
    wallClock: z.looseObject({ since: z.string() }),
  }),
  attempts: z.int().min(1).max(1000),
  leaseMs: z.number().min(10).max(86_400_000),
  store: z.object({ url: z.url({ protocol: /^https?$/ }), key: z.string() }).nullable(),
});

/** What stands on the server under a run's name, which others may have written. Throws `DataError` that names the field. */
function expectNotice(text: string, run: string): RunNotice {
  const where = `Redis, run ${run.slice(0, 200)}`;
  const read = foreignJson(text, where);
  expectShape(noticeShape, read, where);
  const found = read as RunNotice;
  if (found.run !== run) throw new DataError(`${where}: its notice is of run ${found.run.slice(0, 200)}`);
  return found;
}

/** The runs on the server by name. @param onRefused hears of notices that are none */
export async function listRuns(redis: Redis, onRefused: (error: DataError) => void): Promise<RunNotice[]> {
  return Object.entries(await redis.hgetall(RUNS)).flatMap(([run, text]) => {
    try {
      return [expectNotice(text, run)];
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      onRefused(error);
      return [];
    }
  });
}

/** True of a run that came to its end a moment ago: who looks for it came late. */
export async function hasJustEnded(redis: Redis, run: string): Promise<boolean> {
  return (await redis.ttl(runKey(run, "ended"))) > ENDED_SECONDS - JUST_SECONDS;
}

/** The coordinator's side. */
export class RunPresence {
  readonly #redis: Redis;
  readonly #notice: RunNotice;
  readonly #beat: NodeJS.Timeout;
  #beating = false;

  private constructor(redis: Redis, notice: RunNotice, onCleared: () => void) {
    this.#redis = redis;
    this.#notice = notice;
    this.#beat = setInterval(() => void this.#keep(onCleared), BEAT_MS);
  }

  /**
   * Takes the run's name. One that a coordinator left behind is taken over. `onCleared` is called where the server has come
   * back without what it knew. Throws `UsageError` where the name is of a run of another configuration, with the difference,
   * `RunError` where its coordinator lives, and `DataError` where what stands under the name is not a run's notice.
   */
  static async claim(redis: Redis, notice: RunNotice, onCleared: () => void): Promise<RunPresence> {
    const { run, owner } = notice;
    const text = await redis.hget(RUNS, run);
    const other = text === null ? null : expectNotice(text, run);
    if (other !== null) {
      const lives = (await redis.exists(runKey(run, "alive"))) === 1 && !ownerHasDied(other.owner);
      if (lives)
        throw new RunError(
          `run ${run} is in use on this Redis: process ${other.owner.pid} on ${other.owner.host} coordinates it since ${other.owner.wallClock.since}; give another --run`,
        );
      if (other.configSha256 !== notice.configSha256)
        throw new UsageError(
          `Redis holds run ${run} under another configuration: ${configDifference(other.config, notice.config).join("; ")}; resume that one, or give another --run`,
        );
    }
    await redis.set(runKey(run, "alive"), owner.token, "PX", ALIVE_MS);
    await redis.del(runKey(run, "ended"));
    await redis.hset(RUNS, run, JSON.stringify(notice));
    return new RunPresence(redis, notice, onCleared);
  }

  /** Takes the run off the server, and tells workers that it has ended. */
  async end(): Promise<void> {
    clearInterval(this.#beat);
    const { run, owner } = this.#notice;
    await this.#redis.set(runKey(run, "ended"), owner.token, "EX", ENDED_SECONDS);
    await this.#redis.hdel(RUNS, run);
    await this.#redis.del(runKey(run, "alive"), runKey(run, "reports"));
  }

  /** Stops beating, and leaves the run for whoever resumes it. */
  leave(): void {
    clearInterval(this.#beat);
  }

  async #keep(onCleared: () => void): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    const { run, owner } = this.#notice;
    try {
      await this.#redis.set(runKey(run, "alive"), owner.token, "PX", ALIVE_MS);
      if ((await this.#redis.hexists(RUNS, run)) === 1) return;
      await this.#redis.hset(RUNS, run, JSON.stringify(this.#notice));
      onCleared();
    } catch {
      // The next beat tries again.
    } finally {
      this.#beating = false;
    }
  }
}
