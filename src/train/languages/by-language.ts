/** The moves of the macro policy in languages other than Python. */
import type { ReplLanguage } from "../../languages/language.ts";
import { codeIn } from "../../policies/strategies/languages/by-language.ts";
import type { StrategyCode } from "../../policies/strategies/languages/code.ts";
import { BASH_MOVES } from "./bash.ts";
import { CLOJURE_MOVES } from "./clojure.ts";
import { JAVASCRIPT_MOVES } from "./javascript.ts";
import type { MoveCode } from "./move-code.ts";
import { SQL_MOVES } from "./sql.ts";

const CODE: Readonly<Record<string, MoveCode>> = {
  javascript: JAVASCRIPT_MOVES,
  sql: SQL_MOVES,
  bash: BASH_MOVES,
  clojure: CLOJURE_MOVES,
};

/** What a language writes for moves; null for Python, whose code stands in render.ts. */
export function movesIn(
  language: Pick<ReplLanguage, "name"> | undefined,
): { readonly strategies: StrategyCode; readonly moves: MoveCode } | null {
  const strategies = codeIn(language);
  const moves = CODE[language?.name ?? ""];
  return strategies && moves ? { strategies, moves } : null;
}
