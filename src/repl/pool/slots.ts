/** The slots of a pool: each has one interpreter, and is leased to one episode for one block at a time. */
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
  /** Whether its block counts among those that run. It does not while it waits for the host. */
  hasTurn: boolean;
  /** Counts the leases, so that a reply that comes after a lease does nothing. */
  leases: number;
  idleTimer: NodeJS.Timeout | null;
  usedAt: number;
}

/** What a pool decides for its slots. */
export interface SlotRules {
  /** Blocks that run at the same time, and the number of slots at the beginning. */
  readonly atOnce: number;
  /**
   * The lack of a slot has cost so many milliseconds of a processor: an episode was displaced and brought back, or a turn was free
   * and every slot waited for the host.
   */
  readonly onLack?: (ms: number, cause: "displaced" | "starved") => void;
}

/** An episode is saved if its next block takes longer than this to come, and if others need its slot. */
const IDLE_SAVE_MS = 20;

/** Attaching another layer copies all memory, which costs less than saving an episode. */
const SAME_LAYER_SAVES = 0.4;

/** An episode whose last block is so many blocks of others ago, for each slot, has left off, and is displaced first. */
const STALE_ROUNDS = 8;

/** How often the time without a worker is counted. */
const STARVING_MS = 50;

interface Waiter {
  readonly occupant: Occupant;
  readonly take: (slot: Slot) => void;
  readonly refuse: (error: Error) => void;
}

/** The slots of a pool and the queue of episodes that wait for one. */
export class Slots {
  readonly #rules: SlotRules;
  readonly #slots: Slot[];
  readonly #waiting: Waiter[] = [];
  /** Blocks whose reply has come, and that wait for a turn to go on. */
  readonly #resuming: (() => void)[] = [];
  #running = 0;
  #uses = 0;
  /** The use at which an episode was displaced last. */
  #displacedAt = -Infinity;
  #starvedAt = 0;
  #starving: NodeJS.Timeout | null = null;
  #closed: Error | null = null;

  constructor(rules: SlotRules) {
    this.#rules = rules;
    this.#slots = Array.from({ length: rules.atOnce }, emptySlot);
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
    const slot = (this.#waiting.length === 0 ? this.#take(occupant) : null) ?? (await this.#queue(occupant));
    if (slot.occupant && slot.occupant !== occupant) {
      const startedAt = performance.now();
      if (slot.occupant.unsaved && slot.interpreter) await slot.occupant.save(slot.interpreter);
      slot.occupant = null;
      this.#displacedAt = this.#uses;
      this.#rules.onLack?.(performance.now() - startedAt, "displaced");
    }
    return slot;
  }

  release(slot: Slot): void {
    slot.busy = false;
    this.#endTurn(slot);
    this.#serve();
    if (slot.occupant?.unsaved && !slot.busy) this.#saveWhenIdle(slot);
  }

  /**
   * Lends the turn of a block to others while it waits for the host. The function that is returned waits for a turn again, or
   * takes one at once if the block is `late`.
   */
  rest(slot: Slot): (late: boolean) => Promise<void> {
    const lease = slot.leases;
    this.#endTurn(slot);
    this.#serve();
    return async (late) => {
      if (slot.leases !== lease || !slot.busy) return;
      if (!late && this.#running >= this.#rules.atOnce)
        await new Promise<void>((go) => this.#resuming.push(go));
      else this.#running++;
      // The block may have ended while it waited.
      if (slot.leases === lease && slot.busy) slot.hasTurn = true;
      else this.#passOn();
    };
  }

  /** Adds a slot with an interpreter. */
  add(interpreter: Interpreter): void {
    this.#slots.push({ ...emptySlot(), interpreter });
    this.#serve();
  }

  /** Takes a slot that no episode leases out of use, and returns its interpreter once the episode in it is saved. */
  async remove(slot: Slot): Promise<Interpreter | null> {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    slot.busy = true;
    if (slot.idleTimer) clearTimeout(slot.idleTimer);
    const { occupant, interpreter } = slot;
    if (occupant?.unsaved && interpreter) await occupant.save(interpreter);
    slot.occupant = slot.interpreter = null;
    return interpreter;
  }

  /** Forgets an episode, and frees its slot for others. */
  leave(occupant: Occupant): void {
    for (const slot of this.#slots) if (slot.occupant === occupant) slot.occupant = null;
  }

  /** Refuses all waiting and later leases. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason);
    for (const go of this.#resuming.splice(0)) go();
    for (const slot of this.#slots) if (slot.idleTimer) clearTimeout(slot.idleTimer);
    if (this.#starving) clearTimeout(this.#starving);
  }

  /** A slot for the episode; null if all turns are taken, or all slots. */
  #take(occupant: Occupant): Slot | null {
    if (this.#running >= this.#rules.atOnce) return null;
    const slot =
      this.#slots.find((own) => own.occupant === occupant && !own.busy) ?? this.#cheapest(occupant);
    return slot ? this.#occupy(slot) : null;
  }

  /** Gives freed turns and slots to those who wait: first to blocks that were begun. */
  #serve(): void {
    while (this.#resuming.length > 0 && this.#running < this.#rules.atOnce) {
      this.#running++;
      this.#resuming.shift()?.();
    }
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const slot = this.#take(first.occupant);
      if (!slot) break;
      this.#waiting.shift();
      first.take(slot);
    }
    this.#countStarving();
  }

  /** Counts the time in which a turn was free, an episode waited, and no slot was there for it. */
  #countStarving(): void {
    const now = performance.now();
    if (this.#starvedAt > 0) this.#rules.onLack?.(now - this.#starvedAt, "starved");
    const isStarved = !this.#closed && this.#waiting.length > 0 && this.#running < this.#rules.atOnce;
    this.#starvedAt = isStarved ? now : 0;
    // Counts on while nothing else happens.
    if (isStarved) this.#starving ??= setTimeout(() => this.#goOnStarving(), STARVING_MS);
  }

  #goOnStarving(): void {
    this.#starving = null;
    this.#countStarving();
  }

  #endTurn(slot: Slot): void {
    if (!slot.hasTurn) return;
    slot.hasTurn = false;
    this.#running--;
  }

  /** Gives up a turn that no slot has taken. */
  #passOn(): void {
    this.#running--;
    this.#serve();
  }

  /**
   * Of slots that cost the same, the one that was used last is displaced: episodes mostly come in turns, so its own next block is
   * the farthest away. Only an episode that has left off goes before it.
   */
  #cheapest(occupant: Occupant): Slot | undefined {
    const cost = (slot: Slot) => costOf(slot) - (slot.layerId === occupant.layerId ? SAME_LAYER_SAVES : 0);
    const isStale = (slot: Slot) => this.#uses - slot.usedAt > STALE_ROUNDS * this.#slots.length;
    const before = (one: Slot, other: Slot) =>
      Number(isStale(other)) - Number(isStale(one)) || cost(one) - cost(other) || other.usedAt - one.usedAt;
    return this.#slots
      .filter((slot) => !slot.busy)
      .reduce<Slot | undefined>((best, slot) => (best && before(best, slot) <= 0 ? best : slot), undefined);
  }

  #queue(occupant: Occupant): Promise<Slot> {
    return new Promise((take, refuse) => {
      this.#waiting.push({ occupant, take, refuse });
      this.#countStarving();
    });
  }

  #occupy(slot: Slot): Slot {
    slot.busy = slot.hasTurn = true;
    slot.leases++;
    slot.usedAt = ++this.#uses;
    this.#running++;
    return slot;
  }

  /** Whether episodes displace each other, a turn is free for a save, and no slot could be cleared without one. */
  #isRoomWanted(): boolean {
    if (this.#running >= this.#rules.atOnce) return false;
    if (this.#uses - this.#displacedAt > STALE_ROUNDS * this.#slots.length) return false;
    return this.#slots.every(({ busy, occupant }) => busy || occupant?.unsaved === true);
  }

  /** Keeps one timer for each slot, since refreshing it costs less than making one after each block. */
  #saveWhenIdle(slot: Slot): void {
    if (this.#closed) return;
    if (slot.idleTimer) slot.idleTimer.refresh();
    else slot.idleTimer = setTimeout(() => this.#saveIdle(slot), IDLE_SAVE_MS).unref();
  }

  #saveIdle(slot: Slot): void {
    const { occupant, interpreter } = slot;
    if (slot.busy || !occupant?.unsaved || !interpreter || !this.#isRoomWanted()) return;
    this.#occupy(slot);
    void occupant.save(interpreter).finally(() => this.release(slot));
  }
}

function emptySlot(): Slot {
  return {
    interpreter: null,
    occupant: null,
    layerId: null,
    busy: false,
    hasTurn: false,
    leases: 0,
    idleTimer: null,
    usedAt: 0,
  };
}

/** The cost of clearing a slot: an empty one is cheapest, one whose episode must be saved first is dearest. */
function costOf({ occupant, interpreter }: Slot): number {
  if (occupant) return occupant.unsaved ? 2 : 1;
  return interpreter ? 0 : 0.5;
}
