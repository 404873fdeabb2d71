/** The strategy grep: searches the context in code and never asks a sub-model, for answers of a known form. */
import type { Policy } from "../policy.ts";
import { PARTS } from "./pieces.ts";
import { pythonString, scriptedPolicy } from "./scripted.ts";

/** How to derive the search from the question. */
export interface GrepOptions {
  /** A Python regular expression whose first group is a part of the answer; null if the question does not give one. */
  readonly pattern: (question: string) => string | null;
}

/** Makes the strategy. */
export function grep({ pattern }: GrepOptions): Policy {
  return scriptedPolicy("grep", function* ({ observation }) {
    const expression = pattern(observation.question);
    if (expression === null) return;
    yield { code: findAll(expression) };
    yield { code: 'answer["content"] = ", ".join(hits)\nanswer["ready"] = True' };
  });
}

/** Sets `hits` to the distinct texts that the expression's first group matches. */
export function findAll(expression: string): string {
  return `
import re
${PARTS}
hits = list(dict.fromkeys(hit for part in parts for hit in re.findall(${pythonString(expression)}, part)))
print(len(hits), "distinct hits:", hits[:10])`;
}
