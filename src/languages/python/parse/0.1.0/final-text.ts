/** Reads `FINAL(...)` and `FINAL_VAR(...)` that a model wrote in prose and not in code. */

import type { FinalText } from "../../../../parse/parsed.ts";

const CALL = /^[ \t>*`-]*(FINAL_VAR|FINAL)[ \t]*\(/m;
const QUOTED = /^\s*("""|'''|"|')(?:\\.|[^\\])*?\1(?=\s*\))/s;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * The first final answer that begins a line of the prose; null if there is none. Parentheses may nest and may be in quotes. If
 * they never balance, the last closing one ends the answer.
 */
export function findFinal(prose: string): FinalText | null {
  const call = CALL.exec(prose);
  if (!call) return null;
  const inner = prose.slice(call.index + call[0].length);
  const argument = inner.slice(0, closingParenthesis(inner)).trim();
  const text = unquote(argument);
  if (call[1] === "FINAL") return { kind: "text", text };
  return { kind: "variable", argument: NAME.test(text) ? JSON.stringify(text) : argument };
}

function closingParenthesis(text: string): number {
  let depth = 1;
  for (let i = QUOTED.exec(text)?.[0].length ?? 0; i < text.length; i += 1) {
    if (text[i] === "(") depth += 1;
    if (text[i] === ")") depth -= 1;
    if (depth === 0) return i + loneParenthesis(text.slice(i));
  }
  const last = text.lastIndexOf(")");
  return last === -1 ? text.length : last;
}

/** How much later the call ends if its text has lone closing parentheses, as in `1) this, 2) that` or a smiley. */
function loneParenthesis(rest: string): number {
  const [firstLine = ""] = rest.split("\n", 1);
  const line = /^.*\)(?=[ \t*`.]*$)/.exec(firstLine)?.[0] ?? "";
  const opened = line.split("(").length;
  const closed = line.split(")").length;
  return closed - 1 > opened ? line.length - 1 : 0;
}

/** Removes one layer of quotes around the whole text: `FINAL("42")` means 42. */
function unquote(text: string): string {
  for (const quote of ['"""', "'''", '"', "'", "`"]) {
    const inner = text.slice(quote.length, -quote.length);
    if (
      text.length >= 2 * quote.length &&
      text.startsWith(quote) &&
      text.endsWith(quote) &&
      !inner.includes(quote)
    ) {
      return inner;
    }
  }
  return text;
}
