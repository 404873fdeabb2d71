/** The limits of an episode: the defaults, and the check of a user's limits. */
import { UsageError } from "../errors.ts";
import type { Limits } from "../types.ts";

/** The default limits of an episode. `Limits` documents their units. */
export const DEFAULT_LIMITS: Limits = {
  maxTurns: 16,
  maxCalls: 100_000,
  maxTokens: 50_000_000,
  maxDollars: 20,
  maxSeconds: 900,
  maxExecSeconds: 30,
  maxOutputChars: 8_000,
  maxCompletionTokens: 4_096,
};

/** Limits that do not hold unless they are set. */
const OPTIONAL: readonly (keyof Limits)[] = [
  "maxNewTokens",
  "maxTreeTurns",
  "maxChildren",
  "maxChildrenAtOnce",
];

const WHOLE: readonly (keyof Limits)[] = [
  ...OPTIONAL,
  "maxTurns",
  "maxCalls",
  "maxTokens",
  "maxOutputChars",
  "maxCompletionTokens",
];

/** The default limits with overrides; later ones win. Throws `UsageError` that names an unknown or invalid limit. */
export function resolveLimits(...overrides: readonly (Partial<Limits> | undefined)[]): Limits {
  const limits: Limits = Object.assign({}, DEFAULT_LIMITS, ...overrides);
  for (const [name, value] of Object.entries(limits)) {
    const known = [...Object.keys(DEFAULT_LIMITS), ...OPTIONAL];
    if (!known.includes(name))
      throw new UsageError(`unknown limit ${name}; the limits are ${known.join(", ")}`);
    const isWhole = WHOLE.some((whole) => whole === name);
    if (typeof value !== "number" || !(value > 0) || (isWhole && !Number.isInteger(value))) {
      throw new UsageError(
        `limit ${name}: expected a ${isWhole ? "whole " : ""}number above 0, got ${String(value)}`,
      );
    }
  }
  return limits;
}
