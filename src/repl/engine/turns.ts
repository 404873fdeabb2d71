/** Tells how long the event loop has had no turn, for work that could go on for ever without one. */
export class Turns {
  readonly #mostMs: number;
  /** When the turn began in which this was asked first; null if it has ended. */
  #began: number | null = null;

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** Whether the turn of the event loop in which this is asked began so recently that it may go on. */
  isSoon(): boolean {
    if (this.#began === null) {
      this.#began = performance.now();
      setImmediate(() => (this.#began = null)).unref();
    }
    return performance.now() - this.#began < this.#mostMs;
  }
}
