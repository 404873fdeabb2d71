/** Refuses unknown options, for callers without types and for misspelled names. */
import { UsageError } from "./errors.ts";

/** Throws `UsageError` that names the unknown options and the known ones. @param where the function, for the message */
export function expectKnown(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => JSON.stringify(name)).join(", ");
  const noun = unknown.length === 1 ? "option" : "options";
  throw new UsageError(`${where}: unknown ${noun} ${names}; expected ${known.toSorted().join(", ")}`);
}
