/** Code that stands in no fence, or behind the prompt of an interpreter. */
import { looksLikePython } from "../0.2.0/python-lines.ts";

const TAG = /<(code|repl|python|tool_code|execute)>/g;
const INLINE = /^`([^`\n]+)`$/;
/** A fence of which the model wrote only the language or only the end. */
const LANGUAGE_LINE = /^(?:repl|python3?|py)[ \t]*\n/i;
const CLOSING_LINE = /\n[ \t]*(?:`{3,}|~{3,})[ \t]*$/;

/** The Python that a text is, or that it has between tags; null if it is none. */
export function codeWithoutFence(text: string): string | null {
  const tagged = betweenTags(text);
  if (tagged !== null && looksLikePython(tagged)) return tagged;
  const trimmed = text.trim();
  const bare = INLINE.exec(trimmed)?.[1] ?? `${trimmed}\n`.replace(LANGUAGE_LINE, "").trimEnd();
  const code = bare.replace(CLOSING_LINE, "").trim();
  return looksLikePython(code) ? code : null;
}

/** What stands between the first tag that is closed and its closing one; null where there is none. */
function betweenTags(text: string): string | null {
  // Each name's last closing tag is looked for once, since the text may hold thousands of tags that are never closed.
  const lastClose = new Map<string, number>();
  for (const { 0: tag, 1: name = "", index } of text.matchAll(TAG)) {
    const start = index + tag.length;
    const close = `</${name}>`;
    const last = lastClose.get(name) ?? text.lastIndexOf(close);
    lastClose.set(name, last);
    if (last < start) continue;
    const inner = text.slice(start, text.indexOf(close, start));
    return inner
      .replace(/^[ \t]*\n?/, "")
      .replace(/(?<![ \t])[ \t]+$/, "")
      .replace(/\n$/, "");
  }
  return null;
}

/** The code behind `>>>` and `...`, without the output that was copied beside it; other code as it is. */
export function withoutPrompts(code: string): string {
  if (!/^\s*>>> ?\S/.test(code)) return code;
  return code
    .split("\n")
    .map((line) => /^\s*(?:>>>|\.\.\.)(?: (.*)|)$/.exec(line))
    .flatMap((found) => (found ? [found[1] ?? ""] : []))
    .join("\n");
}
