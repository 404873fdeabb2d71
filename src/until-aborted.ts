/** A wait that ends when a signal aborts, whether or not the work itself obeys the signal. */
import { onAbort } from "./on-abort.ts";

/**
 * The outcome of `work`, or the signal's reason as soon as it aborts; what the work does after that is ignored. The work
 * gets its own signal, which follows the given one until it ends; thousands of waits may share that.
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  return await new Promise<T>((resolve, reject) => {
    const forget = onAbort(signal, () => {
      reject(signal.reason as Error);
      own.abort(signal.reason);
    });
    const begun = async () => await work(own.signal);
    begun().then(resolve, reject).finally(forget);
  });
}
