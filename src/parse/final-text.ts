/** Reads `FINAL(...)` and `FINAL_VAR(...)` where a model writes them as text rather than as code. */

/** `text`: the answer itself; `variable`: the name of the REPL variable that holds it. */
export type FinalText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string };

const CALL = /^[ \t>*`]*(FINAL_VAR|FINAL)[ \t]*\(/m;

/**
 * The first final answer that begins a line of the prose; null where there is none. Parentheses may nest; where they
 * never balance, the last closing one ends the answer.
 */
export function findFinal(prose: string): FinalText | null {
  const call = CALL.exec(prose);
  if (!call) return null;
  const inner = prose.slice(call.index + call[0].length);
  const text = unquote(inner.slice(0, closingParenthesis(inner)).trim());
  if (call[1] === "FINAL") return { kind: "text", text };
  return { kind: "variable", name: text };
}

function closingParenthesis(text: string): number {
  let depth = 1;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === "(") depth += 1;
    if (text[i] === ")") depth -= 1;
    if (depth === 0) return i;
  }
  const last = text.lastIndexOf(")");
  return last === -1 ? text.length : last;
}

/** One layer of quotes around the whole; `FINAL("42")` means 42. */
function unquote(text: string): string {
  for (const quote of ['"""', "'''", '"', "'"]) {
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
