/** Reads `FINAL(...)` and `FINAL_VAR(...)` where a model writes them on a line of their own rather than in code. */
import type { FinalText, Remark } from "./parsed.ts";

/** An answer in prose; the remark where what looks like one is talk about answering; null if there is nothing. */
export type FoundFinal =
  | { readonly final: FinalText; readonly isClosed: boolean }
  | { readonly remark: Remark }
  | null;

const CALL = /^[ \t>*`#_-]*(FINAL_VAR|FINAL|final)[ \t]*\(/m;
const ANYWHERE = /\bFINAL(?:_VAR)?[ \t]*\(/;
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const PLACEHOLDER = /^(?:\.\.\.|…|<[^<>]*>|(?:your|the|my)?[ _]?(?:final )?answer(?: here)?|value|text)$/i;

/** The first answer that begins a line of the prose. Parentheses may nest; where they never balance, the last one ends it. */
export function finalIn(prose: string, finalVariable: (argument: string) => string): FoundFinal {
  const call = CALL.exec(prose);
  if (!call) return ANYWHERE.test(prose) ? { remark: { kind: "final_in_sentence" } } : null;
  const inner = prose.slice(call.index + call[0].length);
  const { end, isClosed } = endOf(inner);
  const argument = inner.slice(0, end).trim();
  const text = unquoted(argument);
  if (argument === "" || PLACEHOLDER.test(argument)) return { remark: { kind: "placeholder" } };
  if (call[1] === "FINAL_VAR")
    return { final: { kind: "variable", argument: JSON.stringify(text) }, isClosed };
  if (text === argument && NAME.test(text)) {
    const code = finalVariable(JSON.stringify(text));
    return { final: { kind: "expression", text, code, names: [text] }, isClosed };
  }
  return { final: { kind: "text", text }, isClosed };
}

function endOf(text: string): { readonly end: number; readonly isClosed: boolean } {
  let depth = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    if (depth === 0) return { end: at, isClosed: true };
  }
  const last = text.lastIndexOf(")");
  return last === -1 ? { end: text.length, isClosed: false } : { end: last, isClosed: true };
}

/** Without one layer of quotes around the whole. */
function unquoted(text: string): string {
  for (const quote of ['"', "'", "`"]) {
    const inner = text.slice(1, -1);
    if (text.length > 1 && text.startsWith(quote) && text.endsWith(quote) && !inner.includes(quote))
      return inner;
  }
  return text;
}
