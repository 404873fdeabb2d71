/** Python in Pyodide, as a language of the REPL. */
import { PyodideReplPool } from "../../repl/pyodide/pool.ts";
import { CURRENT_RULES, type PromptStyle, type RulesVersion } from "../../types.ts";
import type { ReplLanguage } from "../language.ts";
import { describeDelegation } from "./prompt/delegation.ts";
import { NATIVE_TOOL, writeCode } from "./native-tool.ts";
import { PARSE_RULES } from "./parse/parse.ts";
import { PYTHON_HOST_CALLS, pythonLiteral } from "./tool-source.ts";
import { wordingOf } from "./wordings.ts";

/** The language of records that name none. */
export const PYTHON = "python";

/** The errors for `await`, `async for` and the like at the top level of a block. */
const AWAIT_OUTSIDE = /SyntaxError: (?:'await'|'async \w+'|asynchronous comprehension) outside/;

/** Python under a version of the rules. */
export function pythonOf(rules: RulesVersion = CURRENT_RULES, style: PromptStyle = "default"): ReplLanguage {
  return {
    name: PYTHON,
    title: "Python",
    fences: ["repl", "python", "py"],
    dialects: ["repl", "tool"],
    nativeTool: NATIVE_TOOL,
    wording: wordingOf(rules, style),
    hostCalls: PYTHON_HOST_CALLS,
    parse: (completion, dialect, severalBlocks) =>
      PARSE_RULES[rules].parse(completion, dialect, severalBlocks),
    boundNames: (code) => PARSE_RULES[rules].boundNames(code),
    remarksOn: ({ exception }) => (AWAIT_OUTSIDE.test(exception ?? "") ? [{ kind: "await_outside" }] : []),
    writeCode,
    describeDelegation,
    finalVariable: (expression) => `FINAL_VAR(${expression})`,
    literal: pythonLiteral,
    openPool: (options) => new PyodideReplPool(options),
  };
}
