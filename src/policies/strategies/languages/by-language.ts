/** The languages in which grep, direct, bm25 and map-reduce can write besides Python. */
import type { ReplLanguage } from "../../../languages/language.ts";
import { PYTHON } from "../../../languages/python/python.ts";
import { BASH_CODE } from "./bash.ts";
import { CLOJURE_CODE } from "./clojure.ts";
import type { StrategyCode } from "./code.ts";
import { JAVASCRIPT_CODE } from "./javascript.ts";
import { SQL_CODE } from "./sql.ts";

const CODE: Readonly<Record<string, StrategyCode>> = {
  javascript: JAVASCRIPT_CODE,
  sql: SQL_CODE,
  bash: BASH_CODE,
  clojure: CLOJURE_CODE,
};

/** The names of all languages in which these strategies can write. */
export const STRATEGY_LANGUAGES: readonly string[] = [PYTHON, ...Object.keys(CODE)];

/** The code of a language; null for Python, whose code stands in the strategies themselves. */
export function codeIn(language: Pick<ReplLanguage, "name"> | undefined): StrategyCode | null {
  return CODE[language?.name ?? PYTHON] ?? null;
}
