/** Finds fenced code blocks in a completion, also where the code itself holds fences inside triple-quoted strings. */

export interface Fence {
  readonly code: string;
  /** Offsets of the whole fence in the completion. */
  readonly start: number;
  readonly end: number;
  /** False where the completion ended before the closing fence. */
  readonly closed: boolean;
}

const OPENING = /^([ \t]*)(`{3,}|~{3,})[ \t]*(repl|python|py)[ \t]*$/i;

/** The blocks marked `repl` or `python`, in order. Blocks in other languages are prose. */
export function findFences(text: string): Fence[] {
  const lines = linesOf(text);
  const fences: Fence[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const opening = OPENING.exec(lines[i]!.text);
    if (!opening) continue;
    const [, indent = "", marker = ""] = opening;
    const body = lines.slice(i + 1);
    const close = closingLine(body, marker);
    const codeLines = body.slice(0, close ?? body.length).map((line) => unindent(line.text, indent));
    const lastLine = lines[Math.min(i + 1 + (close ?? body.length), lines.length - 1)]!;
    fences.push({
      code: codeLines.join("\n"),
      start: lines[i]!.start,
      end: lastLine.start + lastLine.text.length,
      closed: close !== null,
    });
    i += codeLines.length + 1;
  }
  return fences;
}

/** The first closing fence outside a triple-quoted string; where quotes never balance, the first one at all. */
function closingLine(lines: readonly Line[], marker: string): number | null {
  let first: number | null = null;
  let quote: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (isClosing(line.text, marker)) {
      if (quote === null) return index;
      first ??= index;
    }
    quote = quoteAfter(line.text, quote);
  }
  return first;
}

function isClosing(line: string, marker: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === marker[0]!.repeat(trimmed.length);
}

/** The triple quote that is still open after a line of Python, given the one open before it. */
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

function unindent(line: string, indent: string): string {
  return indent !== "" && line.startsWith(indent) ? line.slice(indent.length) : line;
}
