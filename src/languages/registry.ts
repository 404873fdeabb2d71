/** The languages that come with the gym, by name. */
import { UsageError } from "../errors.ts";
import { CURRENT_RULES, type PromptStyle, type RulesVersion } from "../types.ts";
import type { ReplLanguage } from "./language.ts";
import { bashIn } from "./bash/language.ts";
import { clojureIn } from "./clojure/language.ts";
import { javascriptIn } from "./javascript/language.ts";
import { PYTHON, pythonOf } from "./python/python.ts";
import { sqlIn } from "./sql/language.ts";

/** Makes a language under a version of the rules, in a style of the wording. */
export type LanguageMaker = (rules: RulesVersion, style: PromptStyle) => ReplLanguage;

const LANGUAGES: Readonly<Record<string, LanguageMaker>> = {
  [PYTHON]: pythonOf,
  javascript: (rules, style) => under(rules, javascriptIn(style)),
  sql: (rules, style) => under(rules, sqlIn(style)),
  bash: (_, style) => bashIn(style),
  clojure: (_, style) => clojureIn(style),
};

/** Rules 0.5.0, with which these languages came in, do not tell a policy which other language its code is in. */
function under(rules: RulesVersion, language: ReplLanguage): ReplLanguage {
  if (rules !== "0.5.0") return language;
  const remarksOn: ReplLanguage["remarksOn"] = (block) =>
    (language.remarksOn?.(block) ?? []).filter(({ kind }) => kind !== "foreign_code");
  return { ...language, remarksOn };
}

/** The names of the languages. */
export const LANGUAGE_NAMES: readonly string[] = Object.keys(LANGUAGES);

/** The language of a name. Throws `UsageError` with the names that exist. */
export function languageNamed(
  name: string,
  rules: RulesVersion = CURRENT_RULES,
  style: PromptStyle = "default",
): ReplLanguage {
  const make = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
  if (make) return make(rules, style);
  throw new UsageError(
    `unknown REPL language ${JSON.stringify(name)}; expected ${LANGUAGE_NAMES.join(", ")}, or an object of the type ReplLanguage`,
  );
}
