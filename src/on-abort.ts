/** Callbacks for the abort of a signal that thousands may share. */

interface Hearing {
  readonly hearers: Set<() => void>;
  readonly tell: () => void;
}

const hearings = new WeakMap<AbortSignal, Hearing>();

/**
 * Calls back once the signal aborts, unless the function that is returned is called before. Each signal gets one listener, however
 * many wait: listeners would be looked through one by one, and `AbortSignal.any` makes work for the garbage collector. Nobody's
 * listener stays, since Node keeps a signal that follows others, and all that its listeners hold, as long as it has one.
 */
export function onAbort(signal: AbortSignal, hear: () => void): () => void {
  const { hearers, tell } = hearings.get(signal) ?? begin(signal);
  // A function of its own, so that one that is given twice is called twice.
  const own = () => hear();
  hearers.add(own);
  return () => {
    if (!hearers.delete(own) || hearers.size > 0) return;
    signal.removeEventListener("abort", tell);
    hearings.delete(signal);
  };
}

function begin(signal: AbortSignal): Hearing {
  const hearers = new Set<() => void>();
  const tell = () => {
    for (const hear of hearers) hear();
    hearers.clear();
  };
  const hearing = { hearers, tell };
  hearings.set(signal, hearing);
  signal.addEventListener("abort", tell, { once: true });
  return hearing;
}
