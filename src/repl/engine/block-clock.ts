/**
 * Counts the time that blocks of one interpreter use, and pauses while a block waits for the host. The timer is kept between
 * blocks: creating and clearing one each time would be a tenth of the host's work on a short block.
 */
export class BlockClock {
  /** When the time is used up, as `performance.now` counts; infinity while the clock is paused. */
  #endsAt = Infinity;
  /** The time of a block that has ended, without its pauses. */
  usedMs = 0;
  #limitMs = 0;
  /** The time that was left when the clock was paused. */
  #leftMs = 0;
  #onEnd: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #firesAt = Infinity;

  /** Starts the time of a block. `onEnd` is called when it is used up, unless `stop` is called before. */
  start(limitMs: number, onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#limitMs = this.#leftMs = limitMs;
    this.resume();
  }

  pause(): void {
    if (this.#endsAt === Infinity) return;
    this.#leftMs = this.#endsAt - performance.now();
    this.#endsAt = Infinity;
  }

  /** Does nothing after `stop`, since the host may answer a block that is over. */
  resume(): void {
    if (!this.#onEnd) return;
    this.#endsAt = performance.now() + this.#leftMs;
    if (this.#endsAt < this.#firesAt) this.#arm(this.#leftMs);
  }

  stop(): void {
    if (this.#onEnd) {
      this.pause();
      this.usedMs = this.#limitMs - this.#leftMs;
    }
    this.#onEnd = null;
    this.#endsAt = Infinity;
  }

  /** Clears the timer. No block may run after this. */
  close(): void {
    this.stop();
    if (this.#timer) clearTimeout(this.#timer);
    this.#firesAt = Infinity;
  }

  #arm(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#firesAt = performance.now() + ms;
    // The caller that waits for the block keeps the process alive; the timer need not.
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
