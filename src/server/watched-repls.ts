/** A pool whose REPL reports its variables after each block, as repl_env does. */
import type { Repl, ReplPool } from "../repl/repl.ts";
import { PROBE, readProbe } from "./variable-probe.ts";

/** Limits for reading the variables, which is not part of the episode. */
const LOOK = { timeoutMs: 2_000, maxOutputChars: 200_000 };

export class WatchedRepls implements ReplPool {
  readonly #pool: ReplPool;
  readonly #lent = new Map<Repl, Repl>();
  /** The variables of the episode by name, as short texts; the last ones that could be read. */
  variables: Readonly<Record<string, string>> = {};
  /** Of these, what the last block brought. */
  added: Readonly<Record<string, string>> = {};
  /** Wall-clock seconds of the last block. */
  seconds = 0;

  constructor(pool: ReplPool) {
    this.#pool = pool;
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
        this.seconds = (performance.now() - started) / 1000;
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

  /** Children are played by models, and nobody watches them. */
  lane(depth: number): ReplPool {
    return this.#pool.lane?.(depth) ?? this.#pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lent.keys()].map((watched) => this.release(watched)));
  }

  async #look(repl: Repl): Promise<void> {
    const { block } = await repl.exec(PROBE, LOOK);
    const now = readProbe(block.stdout);
    if (now === null) return void (this.added = {});
    this.added = Object.fromEntries(
      Object.entries(now).filter(([name]) => !Object.hasOwn(this.variables, name)),
    );
    this.variables = now;
  }
}
