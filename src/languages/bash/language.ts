/** Bash, as a language of the REPL. */
import { BashReplPool } from "../../repl/bash/pool.ts";
import type { Json, PromptStyle } from "../../types.ts";
import { defineLanguage } from "../define.ts";
import { oldTurnsOfBash } from "../old-turns.ts";
import type { ReplLanguage } from "../language.ts";
import { BASH_HOST_CALLS } from "./host-calls.ts";
import { BASH_WORDS } from "./words.ts";

/** What a line of bash begins with, and hardly any prose: a command and an argument that no sentence has, or an assignment. */
const CODE =
  /^\s*(?:#!|(?:grep|rg|sed|awk|wc|head|tail|sort|cut|jq|ls|cat|split|xargs|tr|llm|llm_batch)\s+(?:-|'|"|context|\.|<)|[A-Za-z_]\w*=(?:\$|["'\w(]\S*\s*$)|for\s+\w+\s+in\b|while\s+(?:read|true|:|\[)|if\s+(?:\[|grep|!)|answer\s+\S|echo\s+["'$]|printf\s+['"])/;

/** The names that a block assigns. */
const BOUND =
  /(?:^|[;\n({]|\bdo\b|\bthen\b|\b(?:local|declare|export|readonly)\b(?:[ \t]+-\w+)*)[ \t]*([A-Za-z_]\w*)\+?=/g;
const READ = /\b(?:read|mapfile|readarray)\b(?:[ \t]+-\w+)*((?:[ \t]+[A-Za-z_]\w*)+)/g;
const LOOP = /\bfor[ \t]+([A-Za-z_]\w*)[ \t]+in\b/g;

/** Bash in a style of the wording. */
export function bashIn(style: PromptStyle = "default"): ReplLanguage {
  return defineLanguage(
    {
      name: "bash",
      title: "bash",
      fences: ["bash", "sh", "shell", "repl", "zsh", "console"],
      words: BASH_WORDS,
      hostCalls: BASH_HOST_CALLS,
      looksLikeCode: (text) => CODE.test(text),
      boundNames,
      finalVariable: (expression) =>
        `FINAL_VAR ${bashLiteral(/^"(.*)"$/.exec(expression)?.[1] ?? expression)}`,
      literal: bashLiteral,
      oldTurns: oldTurnsOfBash(bashLiteral),
      openPool: (options) => new BashReplPool(options),
    },
    style,
  );
}

function boundNames(code: string): ReadonlySet<string> {
  const names = [...code.matchAll(BOUND), ...code.matchAll(LOOP)].map(([, name]) => name!);
  for (const [, read = ""] of code.matchAll(READ)) names.push(...read.trim().split(/\s+/));
  return new Set(names);
}

/** A JSON value as one word of bash; lists and objects are texts of JSON, and null is the empty word. */
export function bashLiteral(value: Json): string {
  if (value === null) return "''";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w./:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
