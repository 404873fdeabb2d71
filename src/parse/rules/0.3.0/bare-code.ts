/** Code that stands in no fence, or behind the prompt of an interpreter. */
import { looksLikePython } from "../0.2.0/python-lines.ts";

const TAGGED = /<(code|repl|python|tool_code|execute)>[ \t]*\n?([^]*?)\n?[ \t]*<\/\1>/;
const INLINE = /^`([^`\n]+)`$/;
/** A fence of which the model wrote only the language or only the end. */
const LANGUAGE_LINE = /^(?:repl|python3?|py)[ \t]*\n/i;
const CLOSING_LINE = /\n[ \t]*(?:`{3,}|~{3,})[ \t]*$/;

/** The Python that a text is, or that it has between tags; null if it is none. */
export function codeWithoutFence(text: string): string | null {
  const tagged = TAGGED.exec(text)?.[2];
  if (tagged !== undefined && looksLikePython(tagged)) return tagged;
  const trimmed = text.trim();
  const bare = INLINE.exec(trimmed)?.[1] ?? `${trimmed}\n`.replace(LANGUAGE_LINE, "").trimEnd();
  const code = bare.replace(CLOSING_LINE, "").trim();
  return looksLikePython(code) ? code : null;
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
