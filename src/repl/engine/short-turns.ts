/** Spreads what workers report over turns of the event loop: timers and servers' replies need not wait until all of it was heard. */
import { Turns } from "./turns.ts";

/** What comes later in a turn than this is heard in a turn of its own, since an episode's work after a report takes milliseconds. */
const SOON_MS = 1;

const turns = new Turns(SOON_MS);
const waiting: (() => void)[] = [];

/** Does the work at once if this turn of the event loop is still short, and else in a later one. The order of all work is kept. */
export function inShortTurns(work: () => void): void {
  if (waiting.length === 0 && turns.isSoon()) return work();
  waiting.push(work);
  if (waiting.length === 1) setImmediate(doNext);
}

function doNext(): void {
  const work = waiting.shift();
  // First, since what the work throws must not hold up the rest.
  if (waiting.length > 0) setImmediate(doNext);
  work?.();
}
