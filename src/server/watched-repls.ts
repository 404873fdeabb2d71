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
    const now = readProbe(block.stdout);
    if (now === null) return void (this.added = {});
    this.added = Object.fromEntries(
      Object.entries(now).filter(([name]) => !Object.hasOwn(this.variables, name)),
    );
    this.variables = now;
  }

  /** A printed `FINAL(x)` takes precedence over a printed `FINAL_VAR(name)`, and both over the answer dict, as in repl_env. */
  async #withPrinted(result: ExecResult, repl: Repl): Promise<ExecResult> {
    if (result.block.outcome !== "ok" || (result.answer?.ready && result.answer.source !== "answer_dict"))
      return result;
    const { stdout } = result.block;
    const printed = printedFinal(stdout);
    if (printed !== null) return { ...result, answer: { content: printed, ready: true, source: "final" } };
    const name = /FINAL_VAR\(([A-Za-z_]\w*)\)/.exec(stdout)?.[1];
    if (name === undefined) return result;
    const { block } = await repl.exec(VARIABLE_PROBE(name), LOOK);
    if (block.outcome !== "ok") return result;
    const content = block.stdout.replace(/\n$/, "");
    return { ...result, answer: { content, ready: true, source: "final_var" } };
  }
}

/**
 * What stands in the first `FINAL(…)` of a text, wherever in a line it is: up to the bracket that closes it, or where none does, up
 * to the first one that closes anything. Null if there is none.
 */
export function printedFinal(text: string): string | null {
  const start = text.indexOf("FINAL(");
  if (start === -1) return null;
  const from = start + "FINAL(".length;
  let open = 1;
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "(") open += 1;
    else if (text[i] === ")") open -= 1;
    if (open === 0) return text.slice(from, i).trim();
  }
  const end = text.indexOf(")", from);
  return end === -1 ? null : text.slice(from, end).trim();
}
