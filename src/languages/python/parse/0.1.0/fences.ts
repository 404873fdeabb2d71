/** Finds fenced code blocks in a completion, even if the code has fences inside triple-quoted strings. */

import type { Fence } from "../../../../parse/parsed.ts";

/** An opening fence, possibly after prose on the same line, and with attributes after the language. */
const OPENING =
  /(?<![`~])(`{3,}|~{3,})[ \t]*(?:repl|python3?|py)(?:[ \t]*\{[^`{}]*\}|(?:[ \t]+\w+=\S+)+)?[ \t]*$/i;

/** The blocks marked as `repl` or `python`, in order. Blocks in other languages count as prose. */
export function findFences(text: string): Fence[] {
  const lines = linesOf(text);
  const fences: Fence[] = [];
  let next = 0;
  while (next < lines.length) {
    const first = lines[next]!;
    next += 1;
    const opening = OPENING.exec(first.text);
    if (!opening) continue;
    const [, marker = ""] = opening;
    const before = first.text.slice(0, opening.index);
    const indent = before.trim() === "" ? before : "";
    const close = closingLine(lines, next, marker);
    const code = lines.slice(next, close ?? lines.length).map((line) => unindent(line.text, indent));
    next += code.length;
    fences.push({
      code: code.join("\n"),
      start: first.start + before.length,
      end: close === null ? text.length : endOfMarker(lines[next]!),
      closed: close !== null,
    });
    // A line that closes one block and opens another is read again.
    if (close !== null && !OPENING.test(lines[next]!.text)) next += 1;
  }
  return fences;
}

/**
 * The first line outside a triple-quoted string that begins with a closing fence, as no line of Python does. If quotes never
 * balance, the first line that is only a closing fence.
 */
function closingLine(lines: readonly Line[], from: number, marker: string): number | null {
  let first: number | null = null;
  let quote: string | null = null;
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (quote === null && line.text.trimStart().startsWith(marker)) return index;
    if (isFence(line.text, marker)) first ??= index;
    quote = quoteAfter(line.text, quote);
  }
  return first;
}

function isFence(line: string, marker: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === marker[0]!.repeat(trimmed.length);
}

/** The triple quote that is open after a line of Python, given the one that was open before it; null for none. */
function quoteAfter(line: string, open: string | null): string | null {
  let quote = open;
  for (let i = 0; i < line.length; i += 1) {
    if (quote === null && line[i] === "#") return null;
    if (line[i] === "\\") i += 1;
    else if (line.startsWith(quote ?? '"""', i)) {
      quote = quote === null ? '"""' : null;
      i += 2;
    } else if (quote === null && line.startsWith("'''", i)) {
      quote = "'''";
      i += 2;
    } else if (quote === null && (line[i] === '"' || line[i] === "'")) i = endOfString(line, i);
  }
  return quote;
}

function endOfString(line: string, start: number): number {
  for (let i = start + 1; i < line.length; i += 1) {
    if (line[i] === "\\") i += 1;
    else if (line[i] === line[start]) return i;
  }
  return line.length;
}

interface Line {
  readonly text: string;
  readonly start: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    lines.push({ text: line.replace(/\r$/, ""), start });
    start += line.length + 1;
  }
  return lines;
}

function endOfMarker({ text, start }: Line): number {
  return start + (/^[ \t]*[`~]+/.exec(text)?.[0].length ?? 0);
}

function unindent(line: string, indent: string): string {
  return indent !== "" && line.startsWith(indent) ? line.slice(indent.length) : line;
}
