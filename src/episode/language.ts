/** What a language of the REPL brings to an episode. Python is one; `docs/extending.md` shows another. */
import { PARSE_RULES } from "../parse/parse.ts";
import type { ParsedCompletion, Text } from "../parse/parsed.ts";
import { writeCode } from "../parse/write.ts";
import { PyodideReplPool } from "../repl/pyodide/pool.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Dialect, PromptStyle, RulesVersion } from "../types.ts";
import { wordingOf } from "./prompt.ts";
import type { Wording } from "./prompt/wording.ts";

/** Everything that an episode asks of the language in which its policy writes code. */
export interface ReplLanguage {
  /** In records and messages, such as `python`. */
  readonly name: string;
  /** The dialects that completions may be in: fenced blocks (`repl`), native calls (`tool`), or both. */
  readonly dialects: readonly Dialect[];
  /** What policies are told: the system prompt, the first observation, and what each turn showed. */
  readonly wording: Wording;
  /** Reads a completion: what to run, and what is the answer. Never throws. */
  parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion;
  /** Names that code binds, so that `FINAL(name)` in prose can mean a variable; a language without it knows none. */
  boundNames?(code: string): ReadonlySet<string>;
  /** Code as a model would write it: the inverse of `parse`. */
  writeCode(code: string, dialect: Dialect, toolCallId: string): ReturnType<typeof writeCode>;
  /** Code that answers with what an expression holds: what `FINAL_VAR(name)` in prose asks for. */
  finalVariable(expression: string): string;
  /** A pool of its REPLs, for environments that are not given one. Whoever opens it closes it. */
  openPool(): ReplPool;
}

/** Python in Pyodide, by the rules of a version. */
export function pythonOf(rules: RulesVersion, style: PromptStyle): ReplLanguage {
  return {
    name: PYTHON,
    dialects: ["repl", "tool"],
    wording: wordingOf(rules, style),
    parse: (completion, dialect, severalBlocks) =>
      PARSE_RULES[rules].parse(completion, dialect, severalBlocks),
    boundNames: PARSE_RULES[rules].boundNames,
    writeCode,
    finalVariable: (expression) => `FINAL_VAR(${expression})`,
    openPool: () => new PyodideReplPool(),
  };
}

/** The name of the language that records without one are in. */
export const PYTHON = "python";
