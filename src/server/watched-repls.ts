/** A pool whose REPL reports its variables after each block, and takes a printed FINAL(…) as the answer, as repl_env does. */
import type { ExecResult, Repl, ReplPool } from "../repl/repl.ts";
import { PROBE, readProbe, VARIABLE_PROBE } from "./variable-probe.ts";

/** Limits for reading the variables, which is not part of the episode. */
const LOOK = { timeoutMs: 2_000, maxOutputChars: 200_000 };

export class WatchedRepls implements ReplPool {
  readonly #pool: ReplPool;
  readonly #lent = new Map<Repl, Repl>();
  /** The variables of the episode by name, as short texts; the last ones that could be read. */
  variables: Readonly<Record<string, string>> = {};
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
        return this.#withPrinted(result, repl);
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
    this.variables = readProbe(block.stdout) ?? this.variables;
  }

  /** `print(f"FINAL({x})")` and `print("FINAL_VAR(name)")`; an answer that is already set takes precedence. */
  async #withPrinted(result: ExecResult, repl: Repl): Promise<ExecResult> {
    if (result.answer?.ready || result.block.outcome !== "ok") return result;
    const { stdout } = result.block;
    const name = /FINAL_VAR\(\s*["']?([A-Za-z_]\w*)["']?\s*\)/.exec(stdout)?.[1];
    const printed = /(?<![A-Za-z_])FINAL\((.*?)\)(?=\s*$|\s*\n)/s.exec(stdout)?.[1];
    if (printed !== undefined)
      return { ...result, answer: { content: printed.trim(), ready: true, source: "final" } };
    if (name === undefined) return result;
    const { block } = await repl.exec(VARIABLE_PROBE(name), LOOK);
    if (block.outcome !== "ok") return result;
    const content = block.stdout.replace(/\n$/, "");
    return { ...result, answer: { content, ready: true, source: "final_var" } };
  }
}
