/** Bounds the nesting of JSON from files, so that recursive functions do not run out of stack. */

/** The deepest nesting. Real records and logs do not come near it. */
export const MOST_LEVELS = 500;

/** Whether a parsed JSON value nests deeper than `MOST_LEVELS`. */
export function isNestedTooDeeply(value: unknown): boolean {
  let level: object[] = typeof value === "object" && value !== null ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= MOST_LEVELS) return true;
    const below: object[] = [];
    for (const item of level)
      for (const inner of Array.isArray(item) ? (item as unknown[]) : Object.values(item))
        if (typeof inner === "object" && inner !== null) below.push(inner);
    level = below;
  }
  return false;
}
