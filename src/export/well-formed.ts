/** Keeps exports free of halves of surrogate pairs: JSON allows them, but readers in Python refuse the whole file. */

/** The rule under which the manifest counts changed texts. */
export const HALF_PAIR = "half of a surrogate pair replaced";

/** The value itself if all its texts and keys are well formed. */
export function wellFormedValue(value: unknown, changed: () => void): unknown {
  if (typeof value === "string") {
    if (value.isWellFormed()) return value;
    changed();
    return value.toWellFormed();
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | null = null;
    for (const [index, item] of value.entries()) {
      if (typeof item === "number") continue;
      const same = wellFormedValue(item, changed);
      if (same === item) continue;
      copy ??= [...(value as unknown[])];
      copy[index] = same;
    }
    return copy ?? value;
  }
  const entries = Object.entries(value);
  const formed = entries.map(([key, item]) => [
    wellFormedValue(key, changed) as string,
    wellFormedValue(item, changed),
  ]);
  const isSame = formed.every(
    ([key, item], index) => key === entries[index]![0] && item === entries[index]![1],
  );
  return isSame ? value : Object.fromEntries(formed);
}

/** The path at which a value holds half of a surrogate pair; null if it does not. */
export function halfPairIn(value: unknown, path = ""): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : path || "the row";
  if (typeof value !== "object" || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "number" && key.isWellFormed()) continue;
    const itemPath = path === "" ? key : `${path}.${key}`;
    const found = key.isWellFormed() ? halfPairIn(item, itemPath) : `a key of ${path || "the row"}`;
    if (found !== null) return found;
  }
  return null;
}
