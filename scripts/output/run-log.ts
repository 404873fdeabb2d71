/** What a run writes to stderr while it goes on: progress for people, or one JSON object per line for machines. */
import type { RunCounts } from "../../src/runs/manifest.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type LogFormat, writeLogLine } from "./log-lines.ts";
import { type Progress, showProgress } from "./progress.ts";

export interface RunLog {
  /** @param counts of episodes, including those from before a resume */
  begun(folder: string, counts: RunCounts): void;
  /** Of a worker, which does not know the run's counts. */
  joined(run: string, concurrency: number): void;
  ended(trajectory: Trajectory): void;
  /** An attempt failed and will be repeated. */
  retried(trajectory: Trajectory): void;
  warn(message: string): void;
  stop(): void;
}

/** @param verbose whether episodes are shown as they go, between the lines of the log */
export function openRunLog(format: LogFormat, verbose = false): RunLog {
  return format === "json" ? jsonLog() : textLog(verbose);
}

function textLog(verbose: boolean): RunLog {
  let progress: Progress | null = null;
  return {
    begun: (_, { planned, ended }) => {
      progress = showProgress(planned, ended, verbose);
    },
    joined: (run, concurrency) =>
      process.stderr.write(`rlm-gym: playing for run ${run}, ${concurrency} at a time\n`),
    ended: ({ policy, stopReason }) => progress?.advance(`${policy}: ${stopReason}`),
    retried: () => {},
    // A progress bar leaves its line unfinished.
    warn: (message) =>
      process.stderr.write(
        `${progress && process.stderr.isTTY && !verbose ? "\n" : ""}rlm-gym: ${message}\n`,
      ),
    stop: () => progress?.stop(),
  };
}

function jsonLog(): RunLog {
  return {
    begun: (folder, counts) => writeLogLine("info", "run_begun", { run: folder, ...counts }),
    joined: (run, concurrency) => writeLogLine("info", "run_joined", { run, concurrency }),
    ended: (trajectory) => writeLogLine("info", "episode_ended", factsOf(trajectory)),
    retried: (trajectory) => writeLogLine("warn", "episode_retried", factsOf(trajectory)),
    warn: (message) => writeLogLine("warn", "warning", { message }),
    stop: () => {},
  };
}

function factsOf(trajectory: Trajectory): object {
  const { rolloutId, groupId, environment, policy, stopReason, reward, totals, turns, error, wallClock } =
    trajectory;
  return {
    rolloutId,
    groupId,
    environment,
    policy,
    stopReason,
    turns: turns.length,
    calls: totals.calls,
    tokens: totals.promptTokens + totals.completionTokens,
    costUsd: totals.nanoDollars === null ? null : totals.nanoDollars / 1e9,
    score: reward?.score ?? null,
    reward: reward?.total ?? null,
    seconds: wallClock.seconds,
    error,
  };
}
