/** Reads `FINAL(...)` and `FINAL_VAR(...)` where a model writes them as text rather than as code. */

import type { FinalText } from "../../parsed.ts";

const CALL = /^[ \t>*`-]*(FINAL_VAR|FINAL)[ \t]*\(/m;
const QUOTED = /^\s*("""|'''|"|')(?:\\.|[^\\])*?\1(?=\s*\))/s;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * The first final answer that begins a line of the prose; null where there is none. Parentheses may nest and stand in
 * quotes; where they never balance, the last closing one ends the answer.
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

/** How far on the call ends where its text holds a lone closing parenthesis, as in `1) this, 2) that` or a smile. */
function loneParenthesis(rest: string): number {
  const [firstLine = ""] = rest.split("\n", 1);
  const line = /^.*\)(?=[ \t*`.]*$)/.exec(firstLine)?.[0] ?? "";
  const opened = line.split("(").length;
  const closed = line.split(")").length;
  return closed - 1 > opened ? line.length - 1 : 0;
}

/** One layer of quotes around the whole; `FINAL("42")` means 42. */
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
