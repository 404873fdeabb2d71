/** A rate of requests or tokens to a server: so many per minute, evenly, with bursts of at most one second's worth. */

/** The generic cell rate algorithm (ATM Forum, Traffic Management 4.0): callers book a time slot, and wait for it. */
export interface Pace {
  /** Books an amount, and returns how many milliseconds to wait before using it. */
  book(amount: number): Promise<number>;
  /** Returns an amount that was booked and not used. A negative amount was used beyond the booking. */
  giveBack(amount: number): void;
}

const MINUTE_MS = 60_000;
const BURST_MS = 1000;

/** The pace of one process. */
export class LocalPace implements Pace {
  readonly #msEach: number;
  readonly #now: () => number;
  /** The end of the last booked time slot. */
  #bookedUntil = -Infinity;

  /** @param perMinute above 0 */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#msEach = MINUTE_MS / perMinute;
    this.#now = now;
  }

  book(amount: number): Promise<number> {
    const now = this.#now();
    const from = Math.max(now, this.#bookedUntil);
    this.#bookedUntil = from + amount * this.#msEach;
    return Promise.resolve(Math.max(0, from - now - BURST_MS));
  }

  giveBack(amount: number): void {
    this.#bookedUntil -= amount * this.#msEach;
  }
}
