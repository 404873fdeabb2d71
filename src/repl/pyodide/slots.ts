/** The slots in which blocks run: each has one interpreter, and is leased to one episode for one block at a time. */
import type { Interpreter } from "../engine/interpreter.ts";

/** An episode that can occupy a slot. */
export interface Occupant {
  /** Whether its latest state exists only in the interpreter. */
  readonly unsaved: boolean;
  /** The number of the layer with its context; null if it has none. */
  readonly layerId: number | null;
  /** Saves the state in the interpreter. Must not reject: the episode can be rebuilt without it. */
  save(interpreter: Interpreter): Promise<void>;
}

/** One interpreter and the episode in it. */
export interface Slot {
  interpreter: Interpreter | null;
  /** The episode whose state the interpreter holds. */
  occupant: Occupant | null;
  /** The layer that the interpreter has attached, whichever episode needed it. */
  layerId: number | null;
  busy: boolean;
  idleTimer: NodeJS.Timeout | null;
  usedAt: number;
}

/** An episode is saved if its next block takes longer than this to come. */
const IDLE_SAVE_MS = 20;

/** Attaching another layer copies all memory, which costs less than saving an episode. */
const SAME_LAYER_SAVES = 0.4;

/** The slots of a pool and the queue of episodes that wait for one. */
export class Slots {
  readonly #slots: Slot[];
  readonly #waiting: { occupant: Occupant; take: (slot: Slot) => void; refuse: (error: Error) => void }[] =
    [];
  #uses = 0;
  #closed: Error | null = null;

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, emptySlot);
  }

  get all(): readonly Slot[] {
    return this.#slots;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Leases a slot: the one that still holds the episode, or else the cheapest one to clear. First come, first served. */
  async lease(occupant: Occupant): Promise<Slot> {
    if (this.#closed) throw this.#closed;
    const own = this.#slots.find((slot) => slot.occupant === occupant && !slot.busy);
    const free = own ?? (this.#waiting.length === 0 ? this.#cheapest(occupant) : undefined);
    const slot = free ? this.#occupy(free) : await this.#queue(occupant);
    if (slot.occupant && slot.occupant !== occupant) {
      if (slot.occupant.unsaved && slot.interpreter) await slot.occupant.save(slot.interpreter);
      slot.occupant = null;
    }
    return slot;
  }

  release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) return next.take(slot);
    slot.busy = false;
    if (slot.occupant?.unsaved) this.#saveWhenIdle(slot);
  }

  /** Forgets an episode, and frees its slot for others. */
  leave(occupant: Occupant): void {
    for (const slot of this.#slots) if (slot.occupant === occupant) slot.occupant = null;
  }

  /** Refuses all waiting and later leases. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason);
    for (const slot of this.#slots) if (slot.idleTimer) clearTimeout(slot.idleTimer);
  }

  #cheapest(occupant: Occupant): Slot | undefined {
    const cost = (slot: Slot) => costOf(slot) - (slot.layerId === occupant.layerId ? SAME_LAYER_SAVES : 0);
    return this.#slots
      .filter((slot) => !slot.busy)
      .toSorted((a, b) => cost(a) - cost(b) || a.usedAt - b.usedAt)[0];
  }

  #queue(occupant: Occupant): Promise<Slot> {
    return new Promise((take, refuse) => this.#waiting.push({ occupant, take, refuse }));
  }

  #occupy(slot: Slot): Slot {
    slot.busy = true;
    slot.usedAt = ++this.#uses;
    return slot;
  }

  /** Keeps one timer for each slot, since refreshing it costs less than making one after each block. */
  #saveWhenIdle(slot: Slot): void {
    if (this.#closed) return;
    if (slot.idleTimer) slot.idleTimer.refresh();
    else slot.idleTimer = setTimeout(() => this.#saveIdle(slot), IDLE_SAVE_MS).unref();
  }

  #saveIdle(slot: Slot): void {
    const { occupant, interpreter } = slot;
    if (slot.busy || !occupant?.unsaved || !interpreter) return;
    this.#occupy(slot);
    void occupant.save(interpreter).finally(() => this.release(slot));
  }
}

function emptySlot(): Slot {
  return { interpreter: null, occupant: null, layerId: null, busy: false, idleTimer: null, usedAt: 0 };
}

/** The cost of clearing a slot: an empty one is cheapest, one whose episode must be saved first is dearest. */
function costOf({ occupant, interpreter }: Slot): number {
  if (occupant) return occupant.unsaved ? 2 : 1;
  return interpreter ? 0 : 0.5;
}
