/** The seed of the REPL's randomness: `random`, `os.urandom`, `uuid4`. Code in the REPL can find out its value. */
import { createHash } from "node:crypto";
import type { ContextSummary, Task } from "../types.ts";

/**
 * How the seed is derived. `episode`: it is the episode's seed, as in records of 0.1.0. `task`: it is a hash of what the
 * policy sees of its task. The episode's seed would tell the policy a generated task's gold, even hashed, since seeds are few
 * enough to try them all. A hash of what the policy sees tells it nothing new.
 */
export type ReplSeed = "episode" | "task";

/** The REPL's seed: a whole number, below 2^48 if derived from the task. It is the same on every machine. */
export function replSeedOf(
  derivation: ReplSeed,
  { seed, task, context }: { readonly seed: number; readonly task: Task; readonly context: ContextSummary },
): number {
  if (derivation === "episode") return seed;
  const shown = JSON.stringify(["repl", task.question, context.sha256]);
  return createHash("sha256").update(shown).digest().readUIntBE(0, 6);
}
