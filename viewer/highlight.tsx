/** Colours Python: comments, strings, keywords, numbers and the REPL's own functions. */
import type { ComponentChildren } from "preact";

const TOKEN =
  /(?<comment>#[^\n]*)|(?<string>[rbuf]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(?<keyword>\b(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b)|(?<repl>\b(?:context|answer|llm_query(?:_batched)?|rlm_query(?:_batched)?|llm_batch|FINAL(?:_VAR)?|SHOW_VARS)\b)|(?<number>\b\d[\d_.]*\b)/g;

/** Longer code is shown plain. */
const MOST_CHARS = 100_000;

export function highlighted(code: string): ComponentChildren {
  if (code.length > MOST_CHARS) return code;
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push(code.slice(end, match.index));
    parts.push(<span class={`py-${kind}`}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(code.slice(end));
  return parts;
}
