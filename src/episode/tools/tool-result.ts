/** What a tool of the host gives back: JSON of a bounded size, an error in words, or nothing in time. */
import { expectJson } from "../../data/context.ts";
import { UsageError } from "../../errors.ts";
import type { Json } from "../../types.ts";

/** The most characters of a result as JSON. More would stop the host for seconds, and fill the record of the whole tree. */
export const MOST_RESULT_CHARS = 2 ** 25;

/** What code hears of a tool that had not ended when the time of its episode was over. */
export const NOT_IN_TIME = "the episode's time was over before the tool ended";

/**
 * The JSON that code gets, without references to the tool's own objects. Throws `UsageError` for more than that may be, and with
 * `isStrict` for what is not JSON; otherwise JSON leaves out what it cannot hold.
 */
export function resultOf(value: unknown, isStrict: boolean): Json {
  if (typeof value === "string") expectShort(value.length);
  if (isStrict) expectResult(value);
  const text = JSON.stringify(value ?? null) ?? "null";
  expectShort(text.length);
  return JSON.parse(text) as Json;
}

/** A sentence about anything that was thrown. */
export function toldOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "it threw something that has no text";
  }
}

/** The outcome of `work`; null as soon as the signal aborts, whether or not the work heeds it. Rejects as the work does. */
export async function inTime<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T | null> {
  if (signal.aborted) return null;
  let stop = () => {};
  const late = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([late, (async () => work())()]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function expectResult(value: unknown): void {
  try {
    expectJson(value, "the result");
  } catch (error) {
    throw new UsageError(`returned something that is not JSON: ${toldOf(error)}`, { cause: error });
  }
}

function expectShort(chars: number): void {
  if (chars <= MOST_RESULT_CHARS) return;
  const [found, most] = [chars, MOST_RESULT_CHARS].map((count) => count.toLocaleString("en-US"));
  throw new UsageError(`returned ${found} characters of JSON; a result may have at most ${most}`);
}
