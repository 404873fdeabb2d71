/** Callbacks for the abort of a signal that thousands may share. */

const hearers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once the signal aborts, unless the function that is returned is called before. Each signal gets one listener, however
 * many wait: listeners would be looked through one by one, and `AbortSignal.any` makes work for the garbage collector.
 */
export function onAbort(signal: AbortSignal, hear: () => void): () => void {
  let all = hearers.get(signal);
  if (!all) {
    const heard = new Set<() => void>();
    hearers.set(signal, (all = heard));
    const tell = () => {
      for (const one of heard) one();
      heard.clear();
    };
    signal.addEventListener("abort", tell, { once: true });
  }
  // A function of its own, so that one that is given twice is called twice.
  const own = () => hear();
  all.add(own);
  return () => void all.delete(own);
}
