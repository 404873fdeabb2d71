/** Finds the session of an HTTP request. HTTP has no sessions, so a reset makes one and names it. */
import type { SessionPool } from "./session-pool.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { Session } from "./session.ts";

interface Owned {
  readonly session: Session;
  readonly owner: string | null;
}

/** The sessions that were begun over HTTP, by name and owner. */
export class HttpSessions {
  readonly #pool: SessionPool;
  readonly #open = new Map<string, Owned>();

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  /** @param owner the token that begins the session; null without tokens */
  async enter(owner: string | null, signal?: AbortSignal): Promise<Session> {
    const session = await this.#pool.enter({
      onExpiry: () => this.#open.delete(session.id),
      mayYield: true,
      ...(signal && { signal }),
    });
    this.#open.set(session.id, { session, owner });
    return session;
  }

  /**
   * The session that `X-Session-Id`, or `session_id` in the query or the body, names, if the same token began it. Null if no name
   * is given and the owner has no session. A session is never found without its name, which cannot be guessed.
   */
  find(id: string | undefined, owner: string | null): Session | null {
    if (id !== undefined) {
      const named = this.#open.get(id);
      if (named?.owner === owner) return named.session;
      throw new ProtocolError(
        "SESSION_ERROR",
        "the session does not exist; call reset without a session's name",
        404,
      );
    }
    if (![...this.#open.values()].some((session) => session.owner === owner)) return null;
    const message = "name the session with X-Session-Id or session_id, as reset answered it";
    throw new ProtocolError("VALIDATION_ERROR", message, 422);
  }

  async leave(session: Session): Promise<void> {
    this.#open.delete(session.id);
    await this.#pool.leave(session);
  }
}
