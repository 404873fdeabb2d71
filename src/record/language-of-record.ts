/** The language in which a record was played. */
import type { ReplLanguage } from "../languages/language.ts";
import { PYTHON } from "../languages/python/python.ts";
import { languageNamed } from "../languages/registry.ts";
import type { Trajectory } from "../trajectory.ts";

/**
 * The built-in language of a record, under its rules and in its style; records that name none are in Python. Throws `UsageError`
 * for another language.
 */
export function languageOfRecord({
  language = PYTHON,
  rules = "0.1.0",
  promptStyle = "default",
}: Pick<Trajectory, "language" | "rules" | "promptStyle">): ReplLanguage {
  return languageNamed(language, rules, promptStyle);
}
