/** The slots of a pool: each has one interpreter, and is leased to one episode for one block at a time. */
import type { Interpreter } from "../engine/interpreter.ts";
import { HostLoad } from "./host-load.ts";

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
  /** When the last lease ended, as `performance.now` counts. */
  releasedAt: number;
  idleTimer: NodeJS.Timeout | null;
  usedAt: number;
}

/** What a pool decides for its slots. */
export interface SlotRules {
  /** Blocks that run at the same time (while the host is busy, twice as many have a turn), and the number of slots at first. */
  readonly atOnce: number;
  /**
   * The lack of a slot has cost so many milliseconds of a processor: an episode was displaced and brought back, or a turn was free
   * and every slot waited for the host.
   */
  readonly onLack?: (ms: number, cause: "displaced" | "starved") => void;
}

/** An episode that comes back so soon is not displaced: that would take longer. */
const HOLD_MS = 10;

/** The same while the host is busy: then it is the host that is late, and displacing episodes would make more work for it. */
const BUSY_HOLD_MS = 100;

/** The part of the time in which a busy host's event loop runs. */
const BUSY = 0.9;

/** A turn lasts until the host has heard that its block ended. From this part on, processors would be idle for want of turns. */
const HALF_BUSY = 0.5;

/** After so long without a slot for those who wait, the next one goes to them, whoever comes back. */
const PATIENCE_MS = 200;

/** An episode is saved if its next block takes longer than this to come, and if others need its slot. */
const IDLE_SAVE_MS = 20;

/** Attaching another layer copies all memory, which costs less than saving an episode. */
const SAME_LAYER_SAVES = 0.4;

/** An episode whose last block is so many blocks of others ago, for each slot, has left off, and is displaced first. */
const STALE_ROUNDS = 8;

/** How often those who wait are looked at while nothing else happens. */
const LOOK_MS = 10;

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
  readonly #load = new HostLoad();
  #running = 0;
  #uses = 0;
  /** When one of those who wait got a slot last, or the first of them began to wait. */
  #servedAt = 0;
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

  /** Whether an episode would get a slot at once, without displacing another one. */
  get hasRoom(): boolean {
    if (this.#waiting.length > 0 || !this.#isTurnFree) return false;
    return this.#slots.some(({ busy, occupant }) => !busy && !occupant);
  }

  /**
   * Leases a slot: the one that still holds the episode, or else the cheapest one to clear. First come, first served, except that
   * an episode which comes back to its slot soon does not wait for those who have none.
   */
  async lease(occupant: Occupant): Promise<Slot> {
    if (this.#closed) throw this.#closed;
    const comesFirst = this.#waiting.length === 0;
    const slot =
      (comesFirst || !this.#isPatienceOver() ? this.#takeOwn(occupant) : null) ??
      (comesFirst ? this.#takeOther(occupant) : null) ??
      (await this.#queue(occupant));
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
    slot.releasedAt = performance.now();
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
      if (!late && !this.#isTurnFree) await new Promise<void>((go) => this.#resuming.push(go));
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

  get #isTurnFree(): boolean {
    const free = this.#rules.atOnce - this.#running;
    return free > 0 || (free > -this.#rules.atOnce && this.#load.part > HALF_BUSY);
  }

  /** The slot that holds the episode; null if there is none, or if all turns are taken. */
  #takeOwn(occupant: Occupant): Slot | null {
    if (!this.#isTurnFree) return null;
    const slot = this.#slots.find((own) => own.occupant === occupant && !own.busy);
    return slot ? this.#occupy(slot) : null;
  }

  /** Another slot for the episode; null if all turns are taken, or all slots. */
  #takeOther(occupant: Occupant): Slot | null {
    if (!this.#isTurnFree) return null;
    const slot = this.#cheapest(occupant);
    return slot ? this.#occupy(slot) : null;
  }

  /** Gives freed turns and slots to those who wait: first to blocks that were begun. */
  #serve(): void {
    while (this.#resuming.length > 0 && this.#isTurnFree) {
      this.#running++;
      this.#resuming.shift()?.();
    }
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const slot = this.#takeOwn(first.occupant) ?? this.#takeOther(first.occupant);
      if (!slot && !this.#serveReturning()) break;
      if (!slot) continue;
      this.#waiting.shift();
      this.#servedAt = performance.now();
      first.take(slot);
    }
    this.#countStarving();
  }

  /** Gives a slot to an episode that it still holds, past those who wait for another one. */
  #serveReturning(): boolean {
    if (!this.#isTurnFree || this.#isPatienceOver()) return false;
    const held = new Set(this.#slots.map(({ busy, occupant }) => (busy ? null : occupant)));
    const at = this.#waiting.findIndex(({ occupant }) => held.has(occupant));
    const [returning] = at < 0 ? [] : this.#waiting.splice(at, 1);
    const slot = returning && this.#takeOwn(returning.occupant);
    if (slot) returning.take(slot);
    return Boolean(slot);
  }

  #isPatienceOver(): boolean {
    return this.#waiting.length > 0 && performance.now() - this.#servedAt > PATIENCE_MS;
  }

  /** Whether the episode in a slot may be displaced: not if it must be saved first and may come back before that is done. */
  #isClearable({ occupant, releasedAt }: Slot): boolean {
    if (!occupant?.unsaved || this.#isPatienceOver()) return true;
    const awayMs = performance.now() - releasedAt;
    return awayMs >= (awayMs < BUSY_HOLD_MS && this.#load.part > BUSY ? BUSY_HOLD_MS : HOLD_MS);
  }

  /** Counts the time in which a turn was free, an episode waited, and no slot was there for it. */
  #countStarving(): void {
    const now = performance.now();
    // A further worker does not help where all wait for the host.
    if (this.#starvedAt > 0) this.#rules.onLack?.((now - this.#starvedAt) * (1 - this.#load.part), "starved");
    const isStarved = !this.#closed && this.#waiting.length > 0 && this.#isTurnFree;
    this.#starvedAt = isStarved ? now : 0;
    if (isStarved) this.#starving ??= setTimeout(() => this.#lookAgain(), LOOK_MS);
  }

  /** Serves those for whom a slot may be cleared by now. */
  #lookAgain(): void {
    this.#starving = null;
    this.#serve();
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
      .filter((slot) => !slot.busy && this.#isClearable(slot))
      .reduce<Slot | undefined>((best, slot) => (best && before(best, slot) <= 0 ? best : slot), undefined);
  }

  #queue(occupant: Occupant): Promise<Slot> {
    return new Promise((take, refuse) => {
      if (this.#waiting.length === 0) this.#servedAt = performance.now();
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
    if (!this.#isTurnFree) return false;
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
    releasedAt: -Infinity,
    idleTimer: null,
    usedAt: 0,
  };
}

/** The cost of clearing a slot: an empty one is cheapest, one whose episode must be saved first is dearest. */
function costOf({ occupant, interpreter }: Slot): number {
  if (occupant) return occupant.unsaved ? 2 : 1;
  return interpreter ? 0 : 0.5;
}
