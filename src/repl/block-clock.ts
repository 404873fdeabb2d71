/** Counts the time a block may use, and stands while the block waits for the host. */
export class BlockClock {
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  readonly #onEnd: () => void;

  /** Starts at once. `onEnd` is called when the time is used up, unless `stop` comes before. */
  constructor(limitMs: number, onEnd: () => void) {
    this.#leftMs = limitMs;
    this.#onEnd = onEnd;
    this.resume();
  }

  pause(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#leftMs -= performance.now() - this.#startedAt;
  }

  /** Does nothing after `stop`: a host may answer a block that is long over. */
  resume(): void {
    if (this.#stopped) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#onEnd, Math.max(0, this.#leftMs));
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
