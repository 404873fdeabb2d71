/** How a verb ends when it cannot go on: one line on stderr, 2 for usage, 1 for failure, 130 after Ctrl-C. */
import { RLMError, UsageError } from "../src/errors.ts";

export const EXIT = { failure: 1, usage: 2, interrupted: 130 } as const;

/** Prints the error and returns the exit code. The stack is for `--debug` alone. */
export function reportFailure(error: unknown, debug: boolean): number {
  const known = error instanceof RLMError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`rlm-gym: ${firstLine(message)}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  else if (!known) process.stderr.write("rlm-gym: this is unexpected; --debug shows where it came from\n");
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
