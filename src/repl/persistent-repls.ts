/** A pool that lends one and the same REPL to one episode after another, with all that the earlier ones left in it. */
import { ReplError } from "../errors.ts";
import type { ForkableRepl, Repl, ReplPool } from "./repl.ts";

/** Bounds of the code that prepares a REPL for its next episode. */
const PREPARE = { timeoutMs: 60_000, maxOutputChars: 2_000 };

/** The pool. Children get REPLs of their own from the pool below, which the caller closes. */
export class PersistentRepls implements ReplPool {
  readonly #pool: ReplPool;
  #kept: Repl | null = null;
  #hasStarted = false;
  #isLent = false;
  #isBusy = false;
  #prepare: readonly string[] = [];

  constructor(pool: ReplPool) {
    this.#pool = pool;
  }

  /** Whether it has a REPL in which an episode has begun. */
  get holdsState(): boolean {
    return this.#hasStarted;
  }

  /** Gives the code that runs in the REPL before the next episode begins. */
  prepare(code: readonly string[]): void {
    this.#prepare = code;
  }

  async acquire(options?: { signal?: AbortSignal }): Promise<Repl> {
    if (this.#isLent) throw new ReplError("the REPL of the session is in use");
    const kept = (this.#kept ??= await this.#pool.acquire(options));
    this.#isLent = true;
    return {
      start: async (session) => {
        if (!this.#hasStarted) await kept.start(session);
        else if (isForkable(kept))
          await kept.restore(await kept.snapshot(), session.onCall, session.tools ?? null);
        else throw new ReplError("this REPL cannot be kept for another question");
        this.#hasStarted = true;
        for (const code of this.#prepare) {
          const { block } = await kept.exec(code, PREPARE);
          if (block.outcome !== "ok")
            throw new ReplError(`the REPL could not be prepared: ${block.exception ?? block.outcome}`);
        }
      },
      exec: async (code, bounds) => {
        this.#isBusy = true;
        try {
          return await kept.exec(code, bounds);
        } finally {
          this.#isBusy = false;
        }
      },
      close: () => this.#lose(),
    };
  }

  /** Keeps the REPL, unless a block is cut off in it: nobody knows what that left. */
  async release(): Promise<void> {
    this.#isLent = false;
    if (this.#isBusy) await this.#lose();
  }

  lane(depth: number): ReplPool {
    return this.#pool.lane?.(depth) ?? this.#pool;
  }

  async close(): Promise<void> {
    await this.#lose();
  }

  async #lose(): Promise<void> {
    const kept = this.#kept;
    this.#kept = null;
    this.#hasStarted = false;
    if (kept) await this.#pool.release(kept);
  }
}

function isForkable(repl: Repl): repl is ForkableRepl {
  return "snapshot" in repl && "restore" in repl;
}
