/** The sessions there are: places that are leased, a queue that waits for a bounded time, and an eye on the idle. */
import { ProtocolError } from "./protocol-error.ts";
import type { Session } from "./session.ts";

export interface LobbyOptions {
  readonly maxSessions: number;
  /** How long a client waits for a place before it is told that there is none. */
  readonly queueSeconds: number;
  /** Sessions that were not heard of for so long are closed. */
  readonly idleSeconds: number;
  readonly makeSession: () => Session;
  readonly onRefusal: () => void;
}

interface Lease {
  readonly session: Session;
  readonly onExpiry: (reason: string) => void;
}

/** Clients that may wait at the same time, for each place there is. */
const WAITING_PER_PLACE = 4;

export class Lobby {
  readonly #options: LobbyOptions;
  readonly #leases = new Map<string, Lease>();
  /** Places taken, those of sessions that are still closing among them. */
  #taken = 0;
  readonly #waiting = new Set<() => void>();
  readonly #watch: NodeJS.Timeout;
  #shut = false;

  constructor(options: LobbyOptions) {
    this.#options = options;
    const everyMs = Math.max(50, Math.min(options.idleSeconds * 250, 10_000));
    this.#watch = setInterval(() => this.#reap(), everyMs).unref();
  }

  get active(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get sessions(): readonly Session[] {
    return [...this.#leases.values()].map(({ session }) => session);
  }

  find(id: string): Session | undefined {
    return this.#leases.get(id)?.session;
  }

  /** Leases a place. `onExpiry` is called when the session is closed from here. Throws CAPACITY_REACHED, SESSION_ERROR. */
  async enter(onExpiry: Lease["onExpiry"], signal?: AbortSignal): Promise<Session> {
    this.#expectOpen();
    if (this.#taken >= this.#options.maxSessions) await this.#makeRoom(signal);
    this.#expectOpen();
    this.#taken += 1;
    const session = this.#options.makeSession();
    this.#leases.set(session.id, { session, onExpiry });
    return session;
  }

  /** Gives the place back; the next in the queue has it once the interpreter is free. Idempotent. */
  async leave(session: Session): Promise<void> {
    if (!this.#leases.delete(session.id)) return;
    try {
      await session.close();
    } finally {
      this.#taken -= 1;
      const [next] = this.#waiting;
      next?.();
    }
  }

  /** Lets nobody in any more, waits for what is under way, and ends the rest with a record. Returns how many were cut. */
  async shut(drainSeconds: number): Promise<number> {
    this.#shut = true;
    clearInterval(this.#watch);
    for (const next of this.#waiting) next();
    const until = performance.now() + drainSeconds * 1000;
    while (performance.now() < until && this.sessions.some((session) => session.busy))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const cut = this.sessions.filter((session) => session.busy).length;
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

  async #makeRoom(signal: AbortSignal | undefined): Promise<void> {
    const until = performance.now() + this.#options.queueSeconds * 1000;
    while (this.#taken >= this.#options.maxSessions && !this.#shut) {
      const leftMs = until - performance.now();
      const isFull = this.#waiting.size >= this.#options.maxSessions * WAITING_PER_PLACE;
      if (leftMs <= 0 || isFull) throw this.#refusal();
      await this.#turn(leftMs, signal);
    }
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

  #reap(): void {
    for (const { session, onExpiry } of this.#leases.values()) {
      if (session.busy || session.idleSeconds < this.#options.idleSeconds) continue;
      onExpiry(`the session was idle for ${this.#options.idleSeconds} s`);
      void this.leave(session).catch(() => {});
    }
  }
}
