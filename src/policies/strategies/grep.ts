/** The strategy grep: searches the context in code and never asks a sub-model, for answers of a known form. */
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { codeIn, STRATEGY_LANGUAGES } from "./languages/by-language.ts";
import { PARTS } from "./pieces.ts";
import { pythonString, type Script, scriptedPolicy } from "./scripted.ts";

/** Matches that are taken of a lazy text. */
const MOST_MATCHES = 10_000;

/** How to derive the search from the question. */
export interface GrepOptions {
  /** A Python regular expression whose first group is a part of the answer; null if the question does not give one. */
  readonly pattern: (question: string) => string | null;
}

/** Makes the strategy. */
export function grep({ pattern }: GrepOptions): Policy {
  const script: Script = function* ({ observation: { question, context }, language }) {
    const expression = pattern(question);
    if (expression === null) return;
    const code = codeIn(language);
    yield { code: code ? code.findAll(expression, context) : findAll(expression, context) };
    yield { code: code ? code.answerHits : 'answer["content"] = ", ".join(hits)\nanswer["ready"] = True' };
  };
  return scriptedPolicy("grep", script, STRATEGY_LANGUAGES);
}

/** Sets `hits` to the distinct texts that the expression's first group matches. */
export function findAll(expression: string, context: ContextSummary): string {
  const found = isLazy(context)
    ? `match.group(1) for match in context.grep(${pythonString(expression)}, limit=${MOST_MATCHES})`
    : `hit for part in parts for hit in re.findall(${pythonString(expression)}, part)`;
  return `
import re
${isLazy(context) ? "" : `${PARTS}\n`}hits = list(dict.fromkeys(${found}))
print(len(hits), "distinct hits:", hits[:10])`;
}
