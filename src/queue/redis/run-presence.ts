/** Announces a run on Redis: its configuration, that its coordinator is alive, and that it has ended. */
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
/** How long Redis remembers that a run has ended. */
const ENDED_SECONDS = 600;
const JUST_SECONDS = 30;

/** What workers learn of a run. */
export interface RunNotice {
  readonly run: string;
  /** The version of rlm-gym: workers of another version would play other episodes. */
  readonly version: string;
  readonly config: JsonObject;
  readonly configSha256: string;
  /** The coordinator's flags, from which the command's workers build the same matchups; null for a run of the library. */
  readonly flags: JsonObject | null;
  readonly owner: LockOwner;
  readonly attempts: number;
  readonly leaseMs: number;
  /** The store from which workers fetch contexts and files; null if they need none. */
  readonly store: { readonly url: string; readonly key: string } | null;
}

/** A run's name for BullMQ, which allows no colon; other characters of file names are replaced as well, and the name stays readable. */
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

/** The checked notice of a run, which others may have written. Throws `DataError` that names the field. */
function expectNotice(text: string, run: string): RunNotice {
  const where = `Redis, run ${run.slice(0, 200)}`;
  const read = foreignJson(text, where);
  expectShape(noticeShape, read, where);
  const found = read as RunNotice;
  if (found.run !== run)
    throw new DataError(`${where}: its notice belongs to run ${found.run.slice(0, 200)}`);
  return found;
}

/** The runs on the server. @param onRefused called for each invalid notice */
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

/** True if the run ended a moment ago: a worker that looks for it came too late. */
export async function hasJustEnded(redis: Redis, run: string): Promise<boolean> {
  return (await redis.ttl(runKey(run, "ended"))) > ENDED_SECONDS - JUST_SECONDS;
}

/** Keeps a run's notice on the server while its coordinator lives. */
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
   * Takes the run's name, also from a coordinator that is gone. `onCleared` is called if the server comes back empty. Throws
   * `UsageError` with the differences if the name belongs to a run of another configuration, `RunError` if that run's
   * coordinator is alive, and `DataError` if the server holds an invalid notice under the name.
   */
  static async claim(redis: Redis, notice: RunNotice, onCleared: () => void): Promise<RunPresence> {
    const { run, owner } = notice;
    const text = await redis.hget(RUNS, run);
    const other = text === null ? null : expectNotice(text, run);
    if (other !== null) {
      const isAlive = (await redis.exists(runKey(run, "alive"))) === 1 && !ownerHasDied(other.owner);
      if (isAlive)
        throw new RunError(
          `run ${run} is in use on this Redis: process ${other.owner.pid} on ${other.owner.host} has coordinated it since ${other.owner.wallClock.since}; give another --run`,
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

  /** Removes the run from the server, and tells workers that it has ended. */
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
