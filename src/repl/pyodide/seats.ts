/** The places where blocks run: one interpreter each, lent for a block at a time to the episode whose turn it is. */
import type { Interpreter } from "../engine/interpreter.ts";

/** An episode as a seat sees it. */
export interface Sitter {
  /** Whether its state lives in the interpreter alone. */
  readonly unsaved: boolean;
  /** The context that must be attached for it, where that is one attached apart. */
  readonly layerId: number | null;
  /** Saves what lives in the interpreter alone. Must not reject: an episode can be rebuilt without. */
  save(interpreter: Interpreter): Promise<void>;
}

export interface Seat {
  interpreter: Interpreter | null;
  /** The episode whose state the interpreter holds. */
  sitter: Sitter | null;
  /** The context that the interpreter has attached, whoever sat here last. */
  layerId: number | null;
  busy: boolean;
  idleTimer: NodeJS.Timeout | null;
  usedAt: number;
}

/** An episode whose model takes longer than this to think is saved meanwhile. */
const IDLE_SAVE_MS = 20;

/** Attaching another context costs a copy of all memory, which is less than saving an episode and more than nothing. */
const SAME_LAYER_SAVES = 0.4;

export class Seats {
  readonly #seats: Seat[];
  readonly #waiting: { sitter: Sitter; take: (seat: Seat) => void; refuse: (error: Error) => void }[] = [];
  #uses = 0;
  #closed: Error | null = null;

  constructor(count: number) {
    this.#seats = Array.from({ length: count }, emptySeat);
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
    const free = own ?? (this.#waiting.length === 0 ? this.#cheapest(sitter) : undefined);
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

  #cheapest(sitter: Sitter): Seat | undefined {
    const cost = (seat: Seat) => costOf(seat) - (seat.layerId === sitter.layerId ? SAME_LAYER_SAVES : 0);
    return this.#seats
      .filter((seat) => !seat.busy)
      .toSorted((a, b) => cost(a) - cost(b) || a.usedAt - b.usedAt)[0];
  }

  #queue(sitter: Sitter): Promise<Seat> {
    return new Promise((take, refuse) => this.#waiting.push({ sitter, take, refuse }));
  }

  #occupy(seat: Seat): Seat {
    seat.busy = true;
    seat.usedAt = ++this.#uses;
    return seat;
  }

  /** One timer serves a seat for good, since taking it up again costs less than making one after each block. */
  #saveWhenIdle(seat: Seat): void {
    if (this.#closed) return;
    if (seat.idleTimer) seat.idleTimer.refresh();
    else seat.idleTimer = setTimeout(() => this.#saveIdle(seat), IDLE_SAVE_MS).unref();
  }

  #saveIdle(seat: Seat): void {
    const { sitter, interpreter } = seat;
    if (seat.busy || !sitter?.unsaved || !interpreter) return;
    this.#occupy(seat);
    void sitter.save(interpreter).finally(() => this.release(seat));
  }
}

function emptySeat(): Seat {
  return { interpreter: null, sitter: null, layerId: null, busy: false, idleTimer: null, usedAt: 0 };
}

/** What it costs to clear a seat: best one that nobody sits on, next one without an interpreter, last one to be saved first. */
function costOf({ sitter, interpreter }: Seat): number {
  if (sitter) return sitter.unsaved ? 2 : 1;
  return interpreter ? 0 : 0.5;
}
