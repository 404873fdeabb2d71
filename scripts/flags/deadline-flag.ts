/** `--deadline`: the moment at which the run, its episodes and its calls all stop. */
import { RunError, UsageError } from "../../src/errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export const DEADLINE_FLAG = {
  type: "string",
  describe:
    "time limit of the whole run, such as 90s, 30m or 8h; episodes still running are cut, and --resume continues",
} as const;

/** Seconds. Throws `UsageError`. */
export function deadlineSeconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new UsageError(`--deadline: expected a time such as 90s, 30m or 8h, got ${JSON.stringify(text)}`);
}

/** A signal that aborts with a `RunError` when the time is up. */
export function deadlineSignal(text: string | undefined): {
  readonly signal: AbortSignal | null;
  readonly done: () => void;
} {
  if (text === undefined) return { signal: null, done: () => {} };
  const stop = new AbortController();
  const over = () => stop.abort(new RunError(`the deadline of ${text} has passed; --resume continues`));
  const timer = setTimeout(over, deadlineSeconds(text) * 1000);
  return { signal: stop.signal, done: () => clearTimeout(timer) };
}
