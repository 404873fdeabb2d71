/** The state of a run's adaptive budget in its folder; the file is complete at every moment. */
import { join } from "node:path";
import { z } from "zod";
import type { BatchState } from "../rewards/adaptive-batches.ts";
import { parseBudgetState } from "../rewards/adaptive-budget.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import { readState } from "./state-file.ts";

export const BUDGET_FILE = "budget.json";

const saved = z.strictObject({ state: z.unknown(), batches: z.int().nonnegative() });

/** Null if the run has none yet. Throws `DataError` that names the file and the field. */
export async function readBudget(folder: string): Promise<BatchState | null> {
  const file = join(folder, BUDGET_FILE);
  const found = await readState(file, saved);
  if (found === null) return null;
  const { state, batches } = found;
  return { state: parseBudgetState(state, `${file}: state`), batches };
}

/** Writes the whole file or nothing. */
export function writeBudget(folder: string, state: BatchState): Promise<void> {
  return writeAtomically(join(folder, BUDGET_FILE), `${JSON.stringify(state)}\n`);
}
