/** The places where blocks run: one interpreter each, lent for a block at a time to the episode whose turn it is. */
import type { Interpreter } from "./interpreter.ts";

/** An episode as a seat sees it. */
export interface Sitter {
  /** Whether its state lives in the interpreter alone. */
  readonly unsaved: boolean;
  /** Saves what lives in the interpreter alone. Must not reject: an episode can be rebuilt without. */
  save(interpreter: Interpreter): Promise<void>;
}

export interface Seat {
  interpreter: Interpreter | null;
  /** The episode whose state the interpreter holds. */
  sitter: Sitter | null;
  busy: boolean;
  idleTimer: NodeJS.Timeout | null;
  usedAt: number;
}

/** An episode whose model takes longer than this to think is saved meanwhile. */
const IDLE_SAVE_MS = 20;

export class Seats {
  readonly #seats: Seat[];
  readonly #waiting: { sitter: Sitter; take: (seat: Seat) => void; refuse: (error: Error) => void }[] = [];
  #uses = 0;
  #closed: Error | null = null;

  constructor(count: number) {
    const empty = () => ({ interpreter: null, sitter: null, busy: false, idleTimer: null, usedAt: 0 });
    this.#seats = Array.from({ length: count }, empty);
  }

  get all(): readonly Seat[] {
    return this.#seats;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lends a seat: the sitter's own where it still sits, or else the one that is cheapest to clear. First come, first served. */
  async lease(sitter: Sitter): Promise<Seat> {
    if (this.#closed) throw this.#closed;
    const own = this.#seats.find((seat) => seat.sitter === sitter && !seat.busy);
    const free = own ?? (this.#waiting.length === 0 ? this.#cheapest() : undefined);
    const seat = free ? this.#occupy(free) : await this.#queue(sitter);
    if (seat.sitter && seat.sitter !== sitter) {
      if (seat.sitter.unsaved && seat.interpreter) await seat.sitter.save(seat.interpreter);
      seat.sitter = null;
    }
    return seat;
  }

  release(seat: Seat): void {
    const next = this.#waiting.shift();
    if (next) return next.take(seat);
    seat.busy = false;
    if (seat.sitter?.unsaved) this.#saveWhenIdle(seat);
  }

  /** Forgets an episode that ended; returns its seat. */
  leave(sitter: Sitter): void {
    for (const seat of this.#seats) if (seat.sitter === sitter) seat.sitter = null;
  }

  /** Refuses all who wait and all who come. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason);
    for (const seat of this.#seats) if (seat.idleTimer) clearTimeout(seat.idleTimer);
  }

  #cheapest(): Seat | undefined {
    const cost = (seat: Seat) =>
      (seat.sitter === null ? 0 : seat.sitter.unsaved ? 2 : 1) + (seat.interpreter ? 0 : 0.5);
    return this.#seats
      .filter((seat) => !seat.busy)
      .toSorted((a, b) => cost(a) - cost(b) || a.usedAt - b.usedAt)[0];
  }

  #queue(sitter: Sitter): Promise<Seat> {
    return new Promise((take, refuse) => this.#waiting.push({ sitter, take, refuse }));
  }

  #occupy(seat: Seat): Seat {
    if (seat.idleTimer) clearTimeout(seat.idleTimer);
    seat.idleTimer = null;
    seat.busy = true;
    seat.usedAt = ++this.#uses;
    return seat;
  }

  #saveWhenIdle(seat: Seat): void {
    seat.idleTimer = setTimeout(() => {
      const { sitter, interpreter } = seat;
      if (seat.busy || !sitter?.unsaved || !interpreter) return;
      this.#occupy(seat);
      void sitter.save(interpreter).finally(() => this.release(seat));
    }, IDLE_SAVE_MS).unref();
  }
}
