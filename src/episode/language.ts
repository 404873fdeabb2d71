/** The interface of a REPL language. Python implements it here; `docs/extending.md` shows another language. */
import { PARSE_RULES } from "../parse/parse.ts";
import type { ParsedCompletion, Text } from "../parse/parsed.ts";
import { writeCode } from "../parse/write.ts";
import { PyodideReplPool } from "../repl/pyodide/pool.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Dialect, PromptStyle, RulesVersion } from "../types.ts";
import { wordingOf } from "./prompt.ts";
import type { Wording } from "./prompt/wording.ts";

/** Everything that an episode needs from the language in which its policy writes code. */
export interface ReplLanguage {
  /** The name in records and messages, such as `python`. */
  readonly name: string;
  /** The supported dialects of completions: fenced blocks (`repl`), native calls (`tool`), or both. */
  readonly dialects: readonly Dialect[];
  /** The texts for policies: the system prompt, the first observation, and each turn's observation. */
  readonly wording: Wording;
  /** Reads the code to run and the answer from a completion. Never throws. */
  parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion;
  /**
   * The names that code binds, so that `FINAL(name)` in prose can mean a variable. Without it, such a name is the answer itself.
   */
  boundNames?(code: string): ReadonlySet<string>;
  /** Writes code as a model would: the inverse of `parse`. */
  writeCode(code: string, dialect: Dialect, toolCallId: string): ReturnType<typeof writeCode>;
  /** Code that answers with the value of an expression, for `FINAL_VAR(name)` in prose. */
  finalVariable(expression: string): string;
  /** Opens a pool of REPLs, for environments that are given none. The caller closes it. */
  openPool(): ReplPool;
}

/** Python in Pyodide, under a version of the rules. */
export function pythonOf(rules: RulesVersion, style: PromptStyle): ReplLanguage {
  return {
    name: PYTHON,
    dialects: ["repl", "tool"],
    wording: wordingOf(rules, style),
    parse: (completion, dialect, severalBlocks) =>
      PARSE_RULES[rules].parse(completion, dialect, severalBlocks),
    boundNames: (code) => PARSE_RULES[rules].boundNames(code),
    writeCode,
    finalVariable: (expression) => `FINAL_VAR(${expression})`,
    openPool: () => new PyodideReplPool(),
  };
}

/** The language of records that name none. */
export const PYTHON = "python";
