/** The pools of REPLs of everything that plays or replays episodes in several languages. */
import type { ReplPool } from "../repl/repl.ts";
import type { PoolSettings, ReplLanguage } from "./language.ts";

/** One pool for each language, opened when an episode in that language first needs it. Close them at the end. */
export class LanguagePools {
  readonly #settings: PoolSettings;
  readonly #pools = new Map<string, ReplPool>();

  /** @param settings of each pool */
  constructor(settings: PoolSettings = {}) {
    this.#settings = settings;
  }

  /** The pool of a language. Languages of one name share it: they differ only in their wording. */
  of(language: ReplLanguage): ReplPool {
    const pool = this.#pools.get(language.name) ?? language.openPool(this.#settings);
    this.#pools.set(language.name, pool);
    return pool;
  }

  /** Closes every pool that was opened. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
