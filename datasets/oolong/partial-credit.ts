/** What OOLONG's scorers give for a number that is near. */

/** Up to this difference 3^n is no infinity as a double. */
const EXACT_UP_TO = 640;

/**
 * `0.75 ** difference` of a whole number ≥ 0, rounded once, as Python's is but for a last bit now and then: JavaScript's own
 * power is off by several.
 */
export function partialCredit(difference: number): number {
  if (difference > EXACT_UP_TO) return 0.75 ** difference;
  const quarter = 2 ** -difference;
  return Number(3n ** BigInt(difference)) * quarter * quarter;
}
