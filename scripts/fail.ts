/** How a verb ends if it cannot go on: one line on stderr, exit code 2 for wrong usage, 1 for failure. */
import * as errors from "../src/errors.ts";
import { type LogFormat, writeLogLine } from "./output/log-lines.ts";

export const EXIT = { failure: 1, usage: 2 } as const;

const OF_THE_GYM: ReadonlySet<string> = new Set(Object.keys(errors));

/**
 * Prints the error and returns the exit code. Prints the stack only with `--debug`. Compares error classes by name, since a
 * user's own environment throws those of its own copy of the package.
 */
export function reportFailure(error: unknown, debug: boolean, log: LogFormat = "text"): number {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = name === errors.UsageError.name ? EXIT.usage : EXIT.failure;
  if (log === "json") {
    const stack = debug && error instanceof Error ? { stack: error.stack } : {};
    writeLogLine("error", "failed", { error: name, message, exitCode: code, ...stack });
    return code;
  }
  process.stderr.write(`rlm-gym: ${firstLine(message)}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  else if (!OF_THE_GYM.has(name))
    process.stderr.write("rlm-gym: this error is unexpected; --debug shows where it came from\n");
  return code;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
