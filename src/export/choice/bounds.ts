/** Bounds on the figures of a rollout, as `export --filter` reads them. */
import { UsageError } from "../../errors.ts";
import type { Trajectory } from "../../trajectory.ts";
import { failedTurns } from "./kinds.ts";

/** The figures; undefined where a rollout has none. Tokens and dollars are those of all its calls at every depth. */
const FIGURES: Readonly<Record<string, (trajectory: Trajectory) => number | undefined>> = {
  score: ({ reward }) => reward?.score,
  reward: ({ reward }) => reward?.total,
  turns: ({ turns }) => turns.length,
  tokens: ({ totals }) => totals.promptTokens + totals.completionTokens,
  dollars: ({ totals }) => (totals.nanoDollars === null ? undefined : totals.nanoDollars / 1e9),
  chars: ({ turns }) => turns.reduce((sum, { completion }) => sum + completion.text.length, 0),
  errors: failedTurns,
};

/** One bound, inclusive. */
export interface Bound {
  readonly figure: string;
  readonly min?: number;
  readonly max?: number;
}

/** What a bound may be about, in words for help. */
export const FIGURE_NAMES = Object.keys(FIGURES).join(", ");

/** Reads a bound such as `tokens<=20000` or `score>=1`. Throws `UsageError` for anything else. */
export function readBound(text: string): Bound {
  const [, figure = "", sign, written = ""] = /^\s*([a-z]+)\s*(<=|>=)\s*(\S+)\s*$/.exec(text) ?? [];
  const value = written === "" ? Number.NaN : Number(written);
  if (!Object.hasOwn(FIGURES, figure) || !Number.isFinite(value))
    throw new UsageError(
      `--filter ${JSON.stringify(text)}: expected NAME<=NUMBER or NAME>=NUMBER with one of the names ${FIGURE_NAMES}`,
    );
  return sign === "<=" ? { figure, max: value } : { figure, min: value };
}

/** The name of the first figure out of its bounds; null if there is none. A figure that a rollout lacks is out of bounds. */
export function figureOutOfBounds(trajectory: Trajectory, bounds: readonly Bound[]): string | null {
  const out = bounds.find(({ figure, min = -Infinity, max = Infinity }) => {
    const value = FIGURES[figure]?.(trajectory);
    return value === undefined || !(value >= min && value <= max);
  });
  return out?.figure ?? null;
}
