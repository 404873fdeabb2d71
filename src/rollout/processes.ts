/** A rollout in several processes of one machine: what its caller says of them, and how they are started. */
import type { Pace } from "../models/pace.ts";
import type { PaceName } from "../queue/processes/messages.ts";
import { Players } from "../queue/processes/players.ts";
import { UsageError } from "../errors.ts";
import { configDifference } from "../runs/config-difference.ts";
import type { JsonObject } from "../types.ts";

/** The processes that play a run's episodes. The process that starts them plans, writes and reports. */
export interface ProcessOptions {
  /** At least 1. */
  readonly count: number;
  /** The program that each runs; it calls `playForCoordinator`. */
  readonly entry: URL;
  /** What the program builds the run from: values that a structured clone keeps. */
  readonly settings: JsonObject;
  /**
   * Whether the processes start only once this one has played an episode, which it does until they have built the run. A first
   * episode then ends sooner, but models are asked at the run's rates by both for a moment. Default: false.
   */
  readonly afterFirst?: boolean;
  /** The rates that all processes share; default: none. */
  readonly paces?: Readonly<Record<PaceName, Pace | null>>;
}

/** Starts the processes, or leaves that to whoever plays if they start after the first episode. Throws `UsageError` if one of them would play other episodes, and what they throw while they begin. */
export async function startPlayers(
  { count, entry, settings, afterFirst = false, paces }: ProcessOptions,
  run: {
    readonly folder: string;
    readonly config: JsonObject;
    readonly plain: boolean;
    readonly warn: (line: string) => void;
  },
): Promise<Players> {
  const options = {
    entry,
    settings: { ...settings, folder: run.folder },
    processes: count,
    plain: run.plain,
    ...(paces && { paces }),
    onLine: run.warn,
    expectSame: (config: JsonObject) => {
      const differences = configDifference(run.config, config);
      if (differences.length > 0)
        throw new UsageError(`a process would play other episodes than the run's: ${differences.join("; ")}`);
    },
  };
  return afterFirst ? new Players(options) : await Players.start(options);
}
