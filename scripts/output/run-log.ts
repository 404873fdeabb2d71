/** What a run writes to stderr while it goes on: progress for people, or one JSON object per line for machines. */
import type { RunCounts } from "../../src/runs/manifest.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type Progress, showProgress } from "./progress.ts";

export const LOG_FLAG = {
  log: {
    choices: ["text", "json"] as const,
    default: "text" as const,
    describe: "format of stderr: progress for people, or one JSON object per line",
  },
};

export type LogFormat = (typeof LOG_FLAG.log.choices)[number];

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

export function openRunLog(format: LogFormat): RunLog {
  return format === "json" ? jsonLog() : textLog();
}

/** One line of a structured log. Every line has `time`, `level` and `event`. */
export function writeLogLine(level: "info" | "warn" | "error", event: string, fields: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** Says something on stderr from where no run's log is at hand. */
export function warn(message: string, format: LogFormat = "text"): void {
  if (format === "json") writeLogLine("warn", "warning", { message });
  else process.stderr.write(`rlm-gym: ${message}\n`);
}

/** Whether the arguments of a command ask for a structured log. */
export function wantsJsonLog(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === "--log=json" || (arg === "--log" && args[index + 1] === "json"));
}

function textLog(): RunLog {
  let progress: Progress | null = null;
  return {
    begun: (_, { planned, ended }) => {
      progress = showProgress(planned, ended);
    },
    joined: (run, concurrency) =>
      process.stderr.write(`rlm-gym: playing for run ${run}, ${concurrency} at a time\n`),
    ended: ({ policy, stopReason }) => progress?.advance(`${policy}: ${stopReason}`),
    retried: () => {},
    // A progress bar leaves its line unfinished.
    warn: (message) =>
      process.stderr.write(`${progress && process.stderr.isTTY ? "\n" : ""}rlm-gym: ${message}\n`),
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
