/** How deeply JSON from a file may be nested: what goes through a value by recursion must not run out of stack on it. */

/** No record and no log comes near it. */
export const MOST_LEVELS = 500;

/** Whether a value that `JSON.parse` made has lists or objects within each other at more levels than are allowed. */
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
