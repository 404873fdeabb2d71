/** Single lines on stderr, for people or as JSON for machines. */

export const LOG_FLAG = {
  log: {
    choices: ["text", "json"] as const,
    default: "text" as const,
    describe: "format of stderr: progress for people, or one JSON object per line",
  },
};

export type LogFormat = (typeof LOG_FLAG.log.choices)[number];

/** One line of a structured log. Every line has `time`, `level` and `event`. */
export function writeLogLine(level: "info" | "warn" | "error", event: string, fields: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** Prints a warning on stderr, for code that has no run's log. */
export function warn(message: string, format: LogFormat = "text"): void {
  if (format === "json") writeLogLine("warn", "warning", { message });
  else process.stderr.write(`rlm-gym: ${message}\n`);
}

/** Whether the arguments of a command ask for a structured log. */
export function wantsJsonLog(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === "--log=json" || (arg === "--log" && args[index + 1] === "json"));
}
