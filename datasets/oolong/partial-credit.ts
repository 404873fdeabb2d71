/** The score that OOLONG's scorers give a number close to the gold. */

/** Up to this difference, 3^n is finite as a double. */
const EXACT_UP_TO = 640;

/**
 * `0.75 ** difference` of a whole number ≥ 0, rounded once, which equals Python's result except for an occasional last bit;
 * JavaScript's own power is off by several.
 */
export function partialCredit(difference: number): number {
  if (difference > EXACT_UP_TO) return 0.75 ** difference;
  const quarter = 2 ** -difference;
  return Number(3n ** BigInt(difference)) * quarter * quarter;
}
