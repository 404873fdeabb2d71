/** How a model call ends when its caller aborts it, or when its time runs out. */
import { setTimeout as sleep } from "node:timers/promises";
import { ModelError } from "../errors.ts";
import { untilAborted } from "../until-aborted.ts";

/**
 * Waits. Throws a `ModelError` as soon as the signal aborts: of kind `timeout` if the signal is an `AbortSignal.timeout`, or
 * `aborted`. `attempts` is the number of attempts so far.
 */
export async function pause(
  ms: number,
  context: { readonly model: string; readonly attempts: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  throwIfAborted(context);
  try {
    const { signal } = context;
    await (signal ? untilAborted(signal, (own) => sleep(ms, undefined, { signal: own })) : sleep(ms));
  } catch {
    throwIfAborted(context);
  }
}

/** Throws the same `ModelError` if the signal has already aborted. */
export function throwIfAborted(context: {
  readonly model: string;
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
}): void {
  const { model, attempts, signal } = context;
  if (!signal?.aborted) return;
  const timedOut = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  throw timedOut
    ? new ModelError(`${model}: the deadline passed`, { kind: "timeout", attempts, cause: signal.reason })
    : new ModelError(`${model}: the call was aborted`, { kind: "aborted", attempts, cause: signal.reason });
}
