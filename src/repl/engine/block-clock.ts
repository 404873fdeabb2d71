/**
 * Counts the time the blocks of one interpreter may use, and stands while a block waits for the host. Its timer outlives
 * blocks: making one and taking it away for each would be a tenth of what the host does about a short block.
 */
export class BlockClock {
  /** When the time is used up, on the clock of `performance.now`; infinity while the clock stands. */
  #endsAt = Infinity;
  /** What was left when it was paused. */
  #leftMs = 0;
  #onEnd: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #firesAt = Infinity;

  /** Begins anew. `onEnd` is called when the time is used up, unless `stop` comes before. */
  start(limitMs: number, onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#leftMs = limitMs;
    this.resume();
  }

  pause(): void {
    if (this.#endsAt === Infinity) return;
    this.#leftMs = this.#endsAt - performance.now();
    this.#endsAt = Infinity;
  }

  /** Does nothing after `stop`: a host may answer a block that is long over. */
  resume(): void {
    if (!this.#onEnd) return;
    this.#endsAt = performance.now() + this.#leftMs;
    if (this.#endsAt < this.#firesAt) this.#arm(this.#leftMs);
  }

  stop(): void {
    this.#onEnd = null;
    this.#endsAt = Infinity;
  }

  /** No block will run any more. */
  close(): void {
    this.stop();
    if (this.#timer) clearTimeout(this.#timer);
    this.#firesAt = Infinity;
  }

  #arm(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#firesAt = performance.now() + ms;
    // Whoever waits for a block holds the process; the timer need not.
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, ms)).unref();
  }

  #fire(): void {
    this.#firesAt = Infinity;
    const leftMs = this.#endsAt - performance.now();
    if (leftMs === Infinity) return;
    if (leftMs > 0) return this.#arm(leftMs);
    const onEnd = this.#onEnd;
    this.stop();
    onEnd?.();
  }
}
