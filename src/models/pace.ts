/** How fast requests or tokens may go to a server: so many a minute, evenly, with bursts of a second's worth. */

/** Generic cell rate algorithm (ATM Forum, Traffic Management 4.0): a place in time is booked, and waited for. */
export interface Pace {
  /** Books an amount and returns how many milliseconds to wait for it. */
  book(amount: number): Promise<number>;
  /** Takes back what was booked too much, or adds what was booked too little (below 0). */
  giveBack(amount: number): void;
}

const MINUTE_MS = 60_000;
const BURST_MS = 1000;

/** The pace of one process. */
export class LocalPace implements Pace {
  readonly #msEach: number;
  readonly #now: () => number;
  /** When all that is booked has had its time. */
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
