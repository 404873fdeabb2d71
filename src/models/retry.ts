/** Repeats a request to a model while its failures are temporary. */
import { ModelError, type ModelErrorKind } from "../errors.ts";
import type { Random } from "../random.ts";
import { pause, throwIfAborted } from "./interruption.ts";

/** A server that asks for a longer wait counts as failed. */
const MAX_WAIT_MS = 600_000;
const MAX_BACKOFF_MS = 30_000;
/** The longest wait between two attempts while a server starts. */
const MAX_LOOK_MS = 5_000;
/** The most changed requests in a row, so that a server that refuses everything does not keep us busy for ever. */
const MAX_CHANGES = 12;

/** A failed attempt. `message` is one line for the user. */
export interface Failure {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status?: number | null;
  readonly windowTokens?: number | null;
  /** True if the failure may be temporary. */
  readonly retry?: boolean;
  /** The wait that the server asked for. */
  readonly retryAfterMs?: number | null;
  /** True if no connection was made, as before a server has started. */
  readonly isRefused?: boolean;
  /** True if the next request will leave out what the server refused. It is sent at once. */
  readonly isChanged?: boolean;
}

/** How to retry. */
export interface Retrying {
  readonly model: string;
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly jitter: Random;
  readonly signal: AbortSignal | undefined;
  readonly failureOf: (error: unknown) => Failure;
  /** For a server that is still starting: how long to wait in milliseconds, in addition to the attempts. Default: 0. */
  readonly patienceMs?: (failure: Failure) => number;
}

/**
 * Sends until an attempt succeeds, fails permanently, or is the last of `maxAttempts`. The signal also ends waits. The wait
 * before attempt n + 1 is the one that the server asked for, or else `backoffMs · 2^(n−1)` (at most 30 s) times a random factor
 * from 0.5 to 1, so that clients do not come back all at once. Changed requests, and attempts while a server starts, do not
 * count towards `maxAttempts`. Throws `ModelError`.
 */
export async function withRetries<T>(
  send: (signal: AbortSignal | undefined) => Promise<T>,
  options: Retrying,
): Promise<T & { readonly attempts: number }> {
  const { model, maxAttempts, backoffMs, jitter, failureOf, patienceMs = () => 0 } = options;
  const { signal } = options;
  throwIfAborted({ model, attempts: 0, signal });
  let [changes, looks, waitedMs] = [0, 0, 0];
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { ...(await send(signal)), attempts };
    } catch (error) {
      throwIfAborted({ model, attempts, signal });
      const failure = failureOf(error);
      if (failure.isChanged && changes < MAX_CHANGES) {
        changes += 1;
        continue;
      }
      const lookMs = Math.min(backoffMs * 2 ** looks, MAX_LOOK_MS) * jitter.uniform(0.5, 1);
      if (failure.retry && waitedMs + lookMs <= patienceMs(failure)) {
        looks += 1;
        waitedMs += lookMs;
        await pause(lookMs, { model, attempts, signal });
        continue;
      }
      const tries = attempts - changes - looks;
      const backoff = Math.min(backoffMs * 2 ** (tries - 1), MAX_BACKOFF_MS) * jitter.uniform(0.5, 1);
      const waitMs = failure.retryAfterMs ?? backoff;
      const isOver = tries >= maxAttempts || (looks > 0 && patienceMs(failure) > 0) || waitMs > MAX_WAIT_MS;
      if (!failure.retry || isOver) throw lasting(failure, { attempts, waitedMs }, error);
      await pause(waitMs, { model, attempts, signal });
    }
  }
}

function lasting(
  { kind, message, status = null, windowTokens = null }: Failure,
  { attempts, waitedMs }: { readonly attempts: number; readonly waitedMs: number },
  cause: unknown,
): ModelError {
  const tried = attempts > 1 ? ` (after ${attempts} attempts)` : "";
  const waited =
    waitedMs >= 1000
      ? `; waited ${Math.round(waitedMs / 1000)} s for the server; --resume goes on with the run`
      : "";
  return new ModelError(message + tried + waited, { kind, status, windowTokens, attempts, cause });
}
