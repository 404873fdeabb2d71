/** Searches the context in code and never asks a sub-model: the cheapest way where the answer has a known form. */
import type { Policy } from "../policy.ts";
import { PARTS } from "./pieces.ts";
import { pythonString, scriptedPolicy } from "./scripted.ts";

/** What is looked for, made of the question. */
export interface GrepOptions {
  /** A Python regular expression whose first group is a part of the answer; null where the question names none. */
  readonly pattern: (question: string) => string | null;
}

/** Finds the answer with a regular expression alone, without a sub-call. */
export function grep({ pattern }: GrepOptions): Policy {
  return scriptedPolicy("grep", function* ({ observation }) {
    const expression = pattern(observation.question);
    if (expression === null) return;
    yield { code: findAll(expression) };
    yield { code: 'answer["content"] = ", ".join(hits)\nanswer["ready"] = True' };
  });
}

/** Sets `hits` to what the expression's first group takes, each once. */
export function findAll(expression: string): string {
  return `
import re
${PARTS}
hits = list(dict.fromkeys(hit for part in parts for hit in re.findall(${pythonString(expression)}, part)))
print(len(hits), "distinct hits:", hits[:10])`;
}
