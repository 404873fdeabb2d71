/** JavaScript in QuickJS, as a language of the REPL. */
import { QuickJsReplPool } from "../../repl/quickjs/pool.ts";
import type { PromptStyle } from "../../types.ts";
import { defineLanguage } from "../define.ts";
import { OLD_TURNS_OF_JAVASCRIPT } from "../old-turns.ts";
import type { ReplLanguage } from "../language.ts";
import { JAVASCRIPT_HOST_CALLS } from "./host-calls.ts";
import { JAVASCRIPT_WORDS } from "./words.ts";

/** What a line of JavaScript begins with, and hardly any prose. */
const CODE =
  /^\s*(?:(?:const|let|var|function|class|for|while|if|try|throw|return|async function|await)\b.*[;{(=]|console\.\w+\(|print\(|FINAL(?:_VAR)?\(|\/\/|answer\b|[A-Za-z_$][\w$.]*\s*(?:=[^=]|\(.*\);?\s*$))/;

/** The names that a block declares or assigns at the beginning of a line. */
const BOUND =
  /^[ \t]*(?:(?:const|let|var|class|function\*?|async function)[ \t]+)?([\p{L}_$][\p{L}\p{N}_$]*)[ \t]*(?:=(?!=)|\(|\{|;|$)/gmu;
const DESTRUCTURED = /^[ \t]*(?:const|let|var)[ \t]*[[{]([^=]*)[\]}][ \t]*=/gmu;

/** JavaScript in a style of the wording. */
export function javascriptIn(style: PromptStyle = "default"): ReplLanguage {
  return defineLanguage(
    {
      name: "javascript",
      title: "JavaScript",
      fences: ["javascript", "js", "repl", "node", "ecmascript", "mjs"],
      words: JAVASCRIPT_WORDS,
      hostCalls: JAVASCRIPT_HOST_CALLS,
      looksLikeCode: (text) => CODE.test(text),
      boundNames,
      finalVariable: (expression) => `FINAL_VAR(${expression})`,
      literal: (value) => JSON.stringify(value),
      oldTurns: OLD_TURNS_OF_JAVASCRIPT,
      openPool: (options) => new QuickJsReplPool(options),
    },
    style,
  );
}

function boundNames(code: string): ReadonlySet<string> {
  const names = [...code.matchAll(BOUND)].map(([, name]) => name!);
  for (const [, inner = ""] of code.matchAll(DESTRUCTURED))
    names.push(...(inner.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []));
  return new Set(names);
}
