/** Tries a model's request again while its failures are of a kind that passes. */
import { ModelError, type ModelErrorKind } from "../errors.ts";
import type { Random } from "../random.ts";
import { ownSignal, pause, throwIfAborted } from "./interruption.ts";

/** A wait past this is refused rather than sat out. */
const MAX_WAIT_MS = 600_000;
const MAX_BACKOFF_MS = 30_000;

/** A failed attempt. `message` is one line fit for a user. */
export interface Failure {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status?: number | null;
  /** True for a failure that may pass. */
  readonly retry?: boolean;
  /** The server's own word on when to come back. */
  readonly retryAfterMs?: number | null;
}

/**
 * Sends until an attempt succeeds, one fails for good, or `maxAttempts` are made; the signal ends the waits too. The
 * wait before attempt n + 1 is what the server asked for, else `backoffMs · 2^(n−1)`, at most half a minute, of which a
 * random half is taken away so that clients do not come back all at once. Throws `ModelError`.
 */
export async function withRetries<T>(
  send: (signal: AbortSignal | undefined) => Promise<T>,
  options: {
    readonly model: string;
    readonly maxAttempts: number;
    readonly backoffMs: number;
    readonly jitter: Random;
    readonly signal: AbortSignal | undefined;
    readonly failureOf: (error: unknown) => Failure;
  },
): Promise<T & { readonly attempts: number }> {
  const { model, maxAttempts, backoffMs, jitter, failureOf } = options;
  const signal = ownSignal(options.signal);
  throwIfAborted({ model, attempts: 0, signal });
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { ...(await send(signal)), attempts };
    } catch (error) {
      throwIfAborted({ model, attempts, signal });
      const failure = failureOf(error);
      const backoff = Math.min(backoffMs * 2 ** (attempts - 1), MAX_BACKOFF_MS) * jitter.uniform(0.5, 1);
      const waitMs = failure.retryAfterMs ?? backoff;
      if (!failure.retry || attempts >= maxAttempts || waitMs > MAX_WAIT_MS)
        throw lasting(failure, attempts, error);
      await pause(waitMs, { model, attempts, signal });
    }
  }
}

function lasting({ kind, message, status = null }: Failure, attempts: number, cause: unknown): ModelError {
  const tried = attempts > 1 ? ` (after ${attempts} attempts)` : "";
  return new ModelError(message + tried, { kind, status, attempts, cause });
}
