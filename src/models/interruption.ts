/** How a model call ends when its caller aborts it, or when its time runs out. */
import { setTimeout as sleep } from "node:timers/promises";
import { ModelError } from "../errors.ts";

/**
 * A new signal that follows the caller's. It collects the listeners of one call, which would pile up on a signal that
 * thousands of calls share.
 */
export function ownSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal && AbortSignal.any([signal]);
}

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
    await sleep(ms, undefined, context.signal && { signal: context.signal });
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
