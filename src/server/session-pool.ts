/** The open sessions: slots that are leased, a queue with a limited wait, and the closing of idle sessions. */
import { ProtocolError } from "./protocol-error.ts";
import type { Session } from "./session.ts";

/** How many sessions there are. */
export interface SessionCounts {
  /** Slots in use. */
  readonly active: number;
  /** Clients that wait for a slot. */
  readonly waiting: number;
  /** Sessions in which a reset or a step is running. */
  readonly working: number;
}

/** The limits of a pool; times are in seconds. */
export interface SessionPoolOptions {
  readonly maxSessions: number;
  /** How long a client waits for a slot before it is refused. */
  readonly queueSeconds: number;
  /** Sessions that were idle for this long are closed. */
  readonly idleSeconds: number;
  readonly makeSession: () => Session;
  readonly onRefusal: () => void;
}

/** A client that asks for a session. */
export interface Guest {
  /** Called when the pool closes the session. */
  readonly onExpiry: (reason: string) => void;
  /**
   * The session may be closed for a waiting client once its episode has ended: there is no other sign that a client over
   * HTTP has gone.
   */
  readonly mayYield?: boolean;
  /** Aborts the wait for a slot. */
  readonly signal?: AbortSignal;
}

interface Lease extends Guest {
  readonly session: Session;
}

/** Clients that may wait at the same time, per slot. */
const WAITING_PER_SLOT = 4;

/** How long an ended session keeps its slot although others wait, so that its client can read the state once more. */
const LAST_LOOK_SECONDS = 0.5;
const LOOKED_AFTER_EVERY_MS = 50;

/** The sessions of a server: how many there may be, and how long each may be idle. */
export class SessionPool implements SessionCounts {
  readonly #options: SessionPoolOptions;
  readonly #leases = new Map<string, Lease>();
  /** Slots in use, including those of sessions that are closing. */
  #taken = 0;
  readonly #waiting = new Set<() => void>();
  readonly #watch: NodeJS.Timeout;
  #shut = false;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#lookAfter(), LOOKED_AFTER_EVERY_MS).unref();
  }

  get active(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get working(): number {
    return [...this.#leases.values()].filter(({ session }) => session.busy).length;
  }

  find(id: string): Session | undefined {
    return this.#leases.get(id)?.session;
  }

  /** Leases a slot. Throws CAPACITY_REACHED, SESSION_ERROR. */
  async enter(guest: Guest): Promise<Session> {
    this.#expectOpen();
    await this.#takeSlot(guest.signal);
    try {
      this.#expectOpen();
      const session = this.#options.makeSession();
      this.#leases.set(session.id, { ...guest, session });
      return session;
    } catch (error) {
      this.#freeSlot();
      throw error;
    }
  }

  /** Returns the slot; the next in the queue gets it once the interpreter is free. Idempotent. */
  async leave(session: Session): Promise<void> {
    if (!this.#leases.delete(session.id)) return;
    try {
      await session.close();
    } finally {
      this.#freeSlot();
    }
  }

  /** Accepts no more sessions, waits for running steps, and ends the rest with a record. Returns how many were cut. */
  async shut(drainSeconds: number): Promise<number> {
    this.#shut = true;
    clearInterval(this.#watch);
    for (const next of this.#waiting) next();
    const until = performance.now() + drainSeconds * 1000;
    while (performance.now() < until && this.working > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const cut = this.working;
    await Promise.all(
      [...this.#leases.values()].map(async ({ session, onExpiry }) => {
        await session.abandon("the server was shut down");
        onExpiry("the server is shutting down");
        await this.leave(session);
      }),
    );
    return cut;
  }

  #expectOpen(): void {
    if (this.#shut) throw new ProtocolError("SESSION_ERROR", "the server is shutting down", 503);
  }

  /** Takes the slot in the same tick in which it is seen to be free, so that nobody else can take it. */
  async #takeSlot(signal: AbortSignal | undefined): Promise<void> {
    const { maxSessions, queueSeconds } = this.#options;
    const until = performance.now() + queueSeconds * 1000;
    if (this.#taken >= maxSessions && this.#waiting.size >= maxSessions * WAITING_PER_SLOT)
      throw this.#refusal();
    while (this.#taken >= maxSessions && !this.#shut) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) throw this.#refusal();
      await this.#turn(leftMs, signal);
    }
    this.#taken += 1;
  }

  #freeSlot(): void {
    this.#taken -= 1;
    const [next] = this.#waiting;
    next?.();
  }

  /** Closes ended sessions that may yield, one for each waiting client, beginning with those that have been idle for longest. */
  #yield(): void {
    const ended = [...this.#leases.values()]
      .filter(
        ({ mayYield, session }) => mayYield && session.spent && session.idleSeconds >= LAST_LOOK_SECONDS,
      )
      .toSorted((a, b) => b.session.idleSeconds - a.session.idleSeconds);
    const closing = this.#taken - this.#leases.size;
    for (const lease of ended.slice(0, Math.max(0, this.#waiting.size - closing)))
      this.#expire(lease, "the episode had ended, and another client needed the slot");
  }

  #expire({ session, onExpiry }: Lease, reason: string): void {
    onExpiry(reason);
    void this.leave(session).catch(() => {});
  }

  #refusal(): ProtocolError {
    this.#options.onRefusal();
    const { maxSessions } = this.#options;
    const message = `all ${maxSessions} sessions are taken; try again later`;
    const counts = { active_sessions: this.#taken, max_sessions: maxSessions };
    return new ProtocolError("CAPACITY_REACHED", message, 503, counts);
  }

  #turn(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", gone);
        this.#waiting.delete(done);
      };
      const done = () => {
        forget();
        resolve();
      };
      const gone = () => {
        forget();
        reject(new ProtocolError("SESSION_ERROR", "the client has gone", 499));
      };
      const timer = setTimeout(done, ms);
      if (signal?.aborted) return gone();
      signal?.addEventListener("abort", gone, { once: true });
      this.#waiting.add(done);
    });
  }

  #lookAfter(): void {
    if (this.#waiting.size > 0) this.#yield();
    const { idleSeconds } = this.#options;
    for (const lease of this.#leases.values())
      if (!lease.session.busy && lease.session.idleSeconds >= idleSeconds)
        this.#expire(lease, `the session was idle for ${idleSeconds} s`);
  }
}
