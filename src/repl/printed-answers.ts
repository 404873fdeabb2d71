/** Takes a `FINAL(…)` or `FINAL_VAR(…)` that code prints as the answer, as OpenEnv's repl_env does. */
import type { ExecResult, Repl, ReplPool } from "./repl.ts";

/** Limits for reading a named variable, which is not part of the block. */
const LOOK = { timeoutMs: 2_000, maxOutputChars: 200_000 };

/** A pool whose REPLs look for an answer in what each block printed, and take every answer as it would be printed. */
export class PrintedAnswers implements ReplPool {
  readonly #pool: ReplPool;
  readonly #lent = new Map<Repl, Repl>();

  constructor(pool: ReplPool) {
    this.#pool = pool;
  }

  async acquire(options?: { signal?: AbortSignal }): Promise<Repl> {
    const repl = await this.#pool.acquire(options);
    const looking: Repl = {
      start: (session) => repl.start({ ...session, printsAnswers: true }),
      exec: async (code, bounds) => withPrinted(await repl.exec(code, bounds), repl),
      close: () => repl.close(),
    };
    this.#lent.set(looking, repl);
    return looking;
  }

  async release(looking: Repl): Promise<void> {
    const repl = this.#lent.get(looking);
    this.#lent.delete(looking);
    if (repl) await this.#pool.release(repl);
  }

  /** Children are played by models, whose answers are not printed. */
  lane(depth: number): ReplPool {
    return this.#pool.lane?.(depth) ?? this.#pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lent.keys()].map((looking) => this.release(looking)));
  }
}

/** A printed `FINAL(x)` takes precedence over a printed `FINAL_VAR(name)`, and both over the answer dict, as in repl_env. */
async function withPrinted(result: ExecResult, repl: Repl): Promise<ExecResult> {
  if (result.block.outcome !== "ok" || (result.answer?.ready && result.answer.source !== "answer_dict"))
    return result;
  const { stdout } = result.block;
  const printed = printedFinal(stdout);
  if (printed !== null) return { ...result, answer: { content: printed, ready: true, source: "final" } };
  const name = /FINAL_VAR\(([A-Za-z_]\w*)\)/.exec(stdout)?.[1];
  if (name === undefined) return result;
  const { block } = await repl.exec(`assert ${name} is not None\nprint(str(${name}))`, LOOK);
  if (block.outcome !== "ok") return result;
  const content = block.stdout.replace(/\n$/, "");
  return { ...result, answer: { content, ready: true, source: "final_var" } };
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
