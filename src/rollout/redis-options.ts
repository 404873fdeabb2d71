/** How a run is shared over Redis: the options of its coordinator and its workers. */
import type { Trajectory } from "../trajectory.ts";
import type { JsonObject } from "../types.ts";

/** The location of a run's queue. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/database]` or `rediss://…`. */
  readonly url: string;
  /** The run's name on the server; default: the name of its folder. */
  readonly run?: string;
  /** Seconds after which a silent worker loses its episodes to others; default 30. */
  readonly leaseSeconds?: number;
  /** The flags from which the command's workers build the run; workers that call the library bring their own options. */
  readonly flags?: JsonObject;
  /**
   * Called with the connection, for example to share rate limits with the run's other processes.
   * It is a client of ioredis; its type does not say so, because readers of these types may not have that package.
   */
  readonly onOpen?: (redis: unknown, run: string) => void;
}

/** How a worker finds its run and plays for it. */
export interface WorkerOptions {
  readonly redis: { readonly url: string; readonly run?: string };
  /** Episodes at a time; default: the number of cores. */
  readonly concurrency?: number;
  /** Seconds to wait for a run that does not exist yet, and for a silent coordinator; default 60. */
  readonly patienceSeconds?: number;
  /** Folder with the run's contexts, shared or copied; missing ones are fetched. Default: in the user's cache. */
  readonly store?: string;
  readonly signal?: AbortSignal;
  readonly onJoin?: (run: string) => void;
  /** Called for each episode whose record is on the coordinator's disk. */
  readonly onEnd?: (trajectory: Trajectory) => void;
  /** Called for each attempt that is repeated. */
  readonly onRetry?: (trajectory: Trajectory) => void;
  /** Called with warnings. */
  readonly onWarning?: (line: string) => void;
}

/** What a worker has done when its run has ended. */
export interface Worked {
  readonly run: string;
  /** Episodes that were played here. */
  readonly episodes: number;
  /** Attempts here that failed and were repeated. */
  readonly failedAttempts: number;
}
