/** How a run is shared over Redis: what its coordinator and its workers are told. */
import type { Trajectory } from "../trajectory.ts";
import type { JsonObject } from "../types.ts";

/** Where a run's queue is. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/database]` or `rediss://…`. */
  readonly url: string;
  /** The run's name on the server; default: the name of its folder. */
  readonly run?: string;
  /** Seconds after which a silent worker loses its episodes to others; default 30. */
  readonly leaseSeconds?: number;
  /** From what the command's workers build the run; workers that call the library bring their own options. */
  readonly flags?: JsonObject;
  /**
   * Hears of the connection, such as to share the pace of requests with the run's other processes.
   * It is a client of ioredis; its type does not say so, because whoever reads these types may not have that package.
   */
  readonly onOpen?: (redis: unknown, run: string) => void;
}

/** How a worker finds its run and plays for it. */
export interface WorkerOptions {
  readonly redis: { readonly url: string; readonly run?: string };
  /** Episodes at a time; default: the number of cores. */
  readonly concurrency?: number;
  /** Seconds to wait for a run that is not there yet, and for a coordinator that fell silent; default 60. */
  readonly patienceSeconds?: number;
  /** Folder with the run's contexts, shared or copied; what it lacks is fetched. Default: in the user's cache. */
  readonly store?: string;
  readonly signal?: AbortSignal;
  readonly onJoin?: (run: string) => void;
  /** Hears of each episode whose record is on the coordinator's disk. */
  readonly onEnd?: (trajectory: Trajectory) => void;
  /** Hears of each attempt that is made again. */
  readonly onRetry?: (trajectory: Trajectory) => void;
  /** Hears what is no error and should be known. */
  readonly onWarning?: (line: string) => void;
}

/** What a worker has done when its run has ended. */
export interface Worked {
  readonly run: string;
  /** Episodes that were played here. */
  readonly episodes: number;
  /** Attempts here that failed and were made again. */
  readonly failedAttempts: number;
}
