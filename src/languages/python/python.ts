/** Python in Pyodide, as a language of the REPL. */
import { PyodideReplPool } from "../../repl/pyodide/pool.ts";
import { CURRENT_RULES, type PromptStyle, type RulesVersion } from "../../types.ts";
import type { ReplLanguage } from "../language.ts";
import { oldTurnsOfPython } from "../old-turns.ts";
import { DESCRIBED_REPLIES, describeDelegation } from "./prompt/delegation.ts";
import { NATIVE_TOOL, writeCode } from "./native-tool.ts";
import { PARSE_RULES } from "./parse/parse.ts";
import { PYTHON_HOST_CALLS, pythonLiteral } from "./tool-source.ts";
import { wordingOf } from "./wordings.ts";

/** The language of records that name none. */
export const PYTHON = "python";

/** The errors for `await`, `async for` and the like at the top level of a block. */
const AWAIT_OUTSIDE = /SyntaxError: (?:'await'|'async \w+'|asynchronous comprehension) outside/;

/** The rules under which calls take no terms; they keep no replies either. */
const BEFORE_TERMS: readonly RulesVersion[] = ["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0"];

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
    ...(!BEFORE_TERMS.includes(rules) && { describeReplies: DESCRIBED_REPLIES }),
    finalVariable: (expression) => `FINAL_VAR(${expression})`,
    literal: pythonLiteral,
    oldTurns: oldTurnsOfPython(pythonLiteral),
    openPool: (options) => new PyodideReplPool(options),
  };
}
