/** Names the right spelling beside a mistyped one. */
import { closest, distance } from "fastest-levenshtein";

/** More edits than this make another word, not a slip. */
const MOST_EDITS = 3;

/** The known name that was most likely meant, or null if none is close. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const found = closest(name, known);
  const most = Math.min(MOST_EDITS, Math.max(1, Math.floor(found.length / 2)));
  return distance(name, found) <= most ? found : null;
}

/** A clause for an error message, such as ` (did you mean --length?)`; empty if no name is close. */
export function suggestion(name: string, known: readonly string[], prefix = ""): string {
  const found = nearest(name, known);
  return found === null ? "" : ` (did you mean ${prefix}${found}?)`;
}
