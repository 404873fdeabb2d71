/** The state of a run's adaptive budget in its folder; the file is complete at every moment. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../errors.ts";
import type { BatchState } from "../rewards/adaptive-batches.ts";
import { parseBudgetState } from "../rewards/adaptive-budget.ts";
import { writeAtomically } from "../files/atomic-write.ts";

export const BUDGET_FILE = "budget.json";

const saved = z.strictObject({ state: z.unknown(), batches: z.int().nonnegative() });

/** Null if the run has none yet. Throws `DataError` that names the file and the field. */
export async function readBudget(folder: string): Promise<BatchState | null> {
  const file = join(folder, BUDGET_FILE);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new DataError(`${file}: cannot be read (${error.message})`, { cause: error });
  });
  if (text === null) return null;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${file}: expected JSON (${(error as Error).message})`, { cause: error });
  }
  const parsed = saved.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(
      `${file}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "unreadable"}`,
    );
  }
  const { state, batches } = parsed.data;
  return { state: parseBudgetState(state, `${file}: state`), batches };
}

/** Writes the whole file or nothing. */
export function writeBudget(folder: string, state: BatchState): Promise<void> {
  return writeAtomically(join(folder, BUDGET_FILE), `${JSON.stringify(state)}\n`);
}
