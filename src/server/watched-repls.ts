/** A pool whose REPL reports its variables after each block, as repl_env does. */
import type { Repl, ReplPool } from "../repl/repl.ts";
import { PROBE, readProbe } from "./variable-probe.ts";

/** Limits for reading the variables, which is not part of the episode. */
const LOOK = { timeoutMs: 2_000, maxOutputChars: 200_000 };

/** Wraps a pool so that the variables of its REPL can be read. */
export class WatchedRepls implements ReplPool {
  readonly #pool: ReplPool;
  readonly #lent = new Map<Repl, Repl>();
  /** The variables of the episode by name, as short texts, when they were last readable. */
  variables: Readonly<Record<string, string>> = {};
  /** Those that were added since `beginStep`. */
  added: Readonly<Record<string, string>> = {};
  /** Wall-clock seconds of the first block since `beginStep`; what is run after it only reads an answer. */
  seconds = 0;
  /** Whether the REPL's language is the one in which the variables are read; in another one there are none to see. */
  readsVariables = true;
  #isMeasured = false;

  constructor(pool: ReplPool) {
    this.#pool = pool;
  }

  /** Forgets what the step before brought and took. */
  beginStep(): void {
    this.added = {};
    this.seconds = 0;
    this.#isMeasured = false;
  }

  async acquire(options?: { signal?: AbortSignal }): Promise<Repl> {
    const repl = await this.#pool.acquire(options);
    const watched: Repl = {
      start: async (session) => {
        await repl.start(session);
        await this.#look(repl);
      },
      exec: async (code, bounds) => {
        const started = performance.now();
        const result = await repl.exec(code, bounds);
        if (!this.#isMeasured) this.seconds = (performance.now() - started) / 1000;
        this.#isMeasured = true;
        await this.#look(repl);
        return result;
      },
      close: () => repl.close(),
    };
    this.#lent.set(watched, repl);
    return watched;
  }

  async release(watched: Repl): Promise<void> {
    const repl = this.#lent.get(watched);
    this.#lent.delete(watched);
    if (repl) await this.#pool.release(repl);
  }

  /** The REPLs of children, which nobody watches: models play them. */
  lane(depth: number): ReplPool {
    return this.#pool.lane?.(depth) ?? this.#pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lent.keys()].map((watched) => this.release(watched)));
  }

  async #look(repl: Repl): Promise<void> {
    if (!this.readsVariables) return;
    const { block } = await repl.exec(PROBE, LOOK);
    const now = readProbe(block.stdout);
    if (now === null) return;
    const added = Object.entries(now).filter(([name]) => !Object.hasOwn(this.variables, name));
    this.added = { ...this.added, ...Object.fromEntries(added) };
    this.variables = now;
  }
}
