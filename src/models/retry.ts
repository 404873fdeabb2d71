/** Tries a model's request again while its failures are of a kind that passes. */
import { ModelError, type ModelErrorKind } from "../errors.ts";
import type { Random } from "../random.ts";
import { ownSignal, pause, throwIfAborted } from "./interruption.ts";

/** A wait past this is refused rather than sat out. */
const MAX_WAIT_MS = 600_000;
const MAX_BACKOFF_MS = 30_000;
/** Between looks at a server that is starting. */
const MAX_LOOK_MS = 5_000;
/** Changed requests in a row: more of them than a server has fields to refuse would never end. */
const MAX_CHANGES = 12;

/** A failed attempt. `message` is one line fit for a user. */
export interface Failure {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status?: number | null;
  readonly windowTokens?: number | null;
  /** True for a failure that may pass. */
  readonly retry?: boolean;
  /** The server's own word on when to come back. */
  readonly retryAfterMs?: number | null;
  /** True where no connection came to be, as before a server has started. */
  readonly isRefused?: boolean;
  /** True where the next request will be another one, without what the server refused: it is sent at once. */
  readonly isChanged?: boolean;
}

export interface Retrying {
  readonly model: string;
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly jitter: Random;
  readonly signal: AbortSignal | undefined;
  readonly failureOf: (error: unknown) => Failure;
  /** How long a failure is waited out besides the attempts, in milliseconds: a server that is still starting. Default: not at all. */
  readonly patienceMs?: (failure: Failure) => number;
}

/**
 * Sends until an attempt succeeds, one fails for good, or `maxAttempts` are made; the signal ends the waits too. The
 * wait before attempt n + 1 is what the server asked for, else `backoffMs · 2^(n−1)`, at most half a minute, of which a
 * random half is taken away so that clients do not come back all at once. Changed requests and waits for a server that is
 * starting are attempts that do not count towards `maxAttempts`. Throws `ModelError`.
 */
export async function withRetries<T>(
  send: (signal: AbortSignal | undefined) => Promise<T>,
  options: Retrying,
): Promise<T & { readonly attempts: number }> {
  const { model, maxAttempts, backoffMs, jitter, failureOf, patienceMs = () => 0 } = options;
  const signal = ownSignal(options.signal);
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
