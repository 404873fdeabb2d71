/** How a model's call ends when its caller gives up, or when its time runs out. */
import { setTimeout as sleep } from "node:timers/promises";
import { ModelError } from "../errors.ts";

/**
 * A signal of the call's own that follows the caller's. Listeners stay on it and not on a signal that thousands of calls
 * may share, where they would pile up.
 */
export function ownSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal && AbortSignal.any([signal]);
}

/**
 * Waits, and throws a `ModelError` as soon as the signal says so: `timeout` where its reason is that of
 * `AbortSignal.timeout`, else `aborted`. `attempts` are those made so far.
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
