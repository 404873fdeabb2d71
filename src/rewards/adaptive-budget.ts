/** A budget enforced by a price: the Lagrangian's λ rises while episodes cost more than the budget, and falls otherwise. */
import { z } from "zod";
import { DataError, UsageError } from "../errors.ts";

/** The target for the mean cost, in dollars or tokens, and how fast the price follows. */
export interface BudgetOptions {
  /** B: the target for the mean cost, in the unit of the term `budget`. */
  readonly budget: number;
  /** η: how fast λ moves. */
  readonly rate: number;
  readonly maxLambda: number;
}

/** What is saved with a run, so that a resumed run continues with the same λ. */
export interface BudgetState {
  readonly schemaVersion: 1;
  readonly lambda: number;
  /** Batches that λ has followed. */
  readonly updates: number;
}

const budgetState = z.strictObject({
  schemaVersion: z.literal(1),
  lambda: z.number().nonnegative(),
  updates: z.int().nonnegative(),
});

/** The state of a budget before any episode: its price is 0. */
export const FRESH_BUDGET: BudgetState = { schemaVersion: 1, lambda: 0, updates: 0 };

/**
 * `λ ← clip(λ + η·(mean c/B − 1), 0, λmax)` (arXiv 2602.14468). A batch without usable episodes changes nothing. Throws `UsageError`
 * for invalid options, `DataError` for costs that are not numbers.
 */
export function nextBudgetState(
  state: BudgetState,
  costs: readonly number[],
  { budget, rate, maxLambda }: BudgetOptions,
): BudgetState {
  if (!(budget > 0 && rate >= 0 && maxLambda >= 0 && Number.isFinite(budget + rate + maxLambda)))
    throw new UsageError(
      `adaptive budget: expected budget > 0, rate ≥ 0 and maxLambda ≥ 0, got ${budget}, ${rate}, ${maxLambda}`,
    );
  if (costs.length === 0) return state;
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  if (!Number.isFinite(mean)) throw new DataError(`adaptive budget: the mean cost is ${mean}`);
  const lambda = Math.min(maxLambda, Math.max(0, state.lambda + rate * (mean / budget - 1)));
  return { schemaVersion: 1, lambda, updates: state.updates + 1 };
}

/** Checks a saved state. Throws `DataError` that names the file and the field. */
export function parseBudgetState(given: unknown, where: string): BudgetState {
  const parsed = budgetState.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError(`${where}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "unreadable"}`);
}
