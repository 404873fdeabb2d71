/** Which session an HTTP request belongs to. HTTP has none of its own, so that a reset makes one and names it. */
import type { SessionPool } from "./session-pool.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { Session } from "./session.ts";

export class HttpSessions {
  readonly #pool: SessionPool;
  readonly #open = new Map<string, Session>();

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  async enter(signal?: AbortSignal): Promise<Session> {
    const session = await this.#pool.enter({
      onExpiry: () => this.#open.delete(session.id),
      mayYield: true,
      ...(signal && { signal }),
    });
    this.#open.set(session.id, session);
    return session;
  }

  /**
   * The one named by `X-Session-Id`, `session_id` in the query or the body; without a name, the only one there is. Null where
   * there is none at all.
   */
  find(id: string | undefined): Session | null {
    if (id !== undefined) {
      const named = this.#open.get(id);
      if (named) return named;
      throw new ProtocolError(
        "SESSION_ERROR",
        "there is no such session; call reset without a session's name",
        404,
      );
    }
    const [first = null, ...more] = this.#open.values();
    if (more.length === 0) return first;
    const message = "there are several sessions; name one with X-Session-Id, as reset answered it";
    throw new ProtocolError("VALIDATION_ERROR", message, 422);
  }

  async leave(session: Session): Promise<void> {
    this.#open.delete(session.id);
    await this.#pool.leave(session);
  }
}
