/** The keys that a question of S-NIAH names. */

/** The keys, in the order of the question; null if it is no such question. */
export function keysOf(question: string): string[] | null {
  const keys = /for (.+) mentioned in the provided text/.exec(question)?.[1];
  return keys === undefined ? null : keys.split(/, and |, /);
}

/** A text that stands for itself in a regular expression, of Python's as of JavaScript's. */
export function escapedForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
