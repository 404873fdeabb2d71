/** A wait that ends when a signal aborts, whether or not the work itself obeys the signal. */

/**
 * The outcome of `work`, or the signal's reason as soon as it aborts; what the work does after that is ignored. The work
 * gets its own signal, which follows the given one; thousands of waits may share that.
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = AbortSignal.any([signal]);
  own.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(own.reason as Error);
    own.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(own), aborted]);
  } finally {
    own.removeEventListener("abort", stop);
  }
}
