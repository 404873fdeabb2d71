/** How busy the thread is that all episodes share. */
import { performance, type EventLoopUtilization } from "node:perf_hooks";

/** Shorter stretches say little. */
const LOOK_MS = 20;

/** Looks at the event loop from time to time. */
export class HostLoad {
  #part = 0;
  #seen: EventLoopUtilization = performance.eventLoopUtilization();
  #seenAt = performance.now();

  /** The part of the last while in which the event loop ran, from 0 to 1. */
  get part(): number {
    const now = performance.now();
    if (now - this.#seenAt >= LOOK_MS) {
      const seen = performance.eventLoopUtilization();
      this.#part = performance.eventLoopUtilization(seen, this.#seen).utilization;
      this.#seen = seen;
      this.#seenAt = now;
    }
    return this.#part;
  }
}
