/** What fixes the chance inside the REPL: `random`, `os.urandom`, `uuid4`. Code in there can work its own seed out. */
import { createHash } from "node:crypto";
import type { ContextSummary, Task } from "../types.ts";

/**
 * `episode`: the episode's seed itself, as records of 0.1.0 have it. `task`: a hash of what the policy is shown of its task
 * anyway. From the episode's seed a generated task follows with its gold, and seeds are few enough to try them all, hashed
 * or not; from what it sees already a policy learns nothing.
 */
export type ReplSeed = "episode" | "task";

/** A whole number below 2^48, the same wherever the episode runs. */
export function replSeedOf(
  derivation: ReplSeed,
  { seed, task, context }: { readonly seed: number; readonly task: Task; readonly context: ContextSummary },
): number {
  if (derivation === "episode") return seed;
  const shown = JSON.stringify(["repl", task.question, context.sha256]);
  return createHash("sha256").update(shown).digest().readUIntBE(0, 6);
}
