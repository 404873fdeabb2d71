/** Finds the fenced blocks of a completion, whatever the models make of the fence; more of them than 0.2.0 knows. */
import type { Fence } from "../../../../parse/parsed.ts";
import { dedented, fenceIn, type Line, linesOf, quoteAfter } from "../0.2.0/python-lines.ts";

/** Null: a fence without a language. */
export type Language = "python" | { readonly other: string } | null;

export interface AnyFence extends Fence {
  readonly language: Language;
}

interface Opening {
  readonly marker: string;
  readonly language: Language;
  /** What stands before the fence on its line, and code that stands behind it. */
  readonly before: string;
  readonly first: string | null;
  /** Lines that the opening takes beyond its own: 1 where the language stands on the next line. */
  readonly more: number;
}

/** What every line that opens a fence has, since most lines have none of it. */
const MAY_OPEN = /```|~~~|'''|"""/;
/** Quotes in a fence's place, of Python alone. */
const QUOTE_FENCE = /^[ \t]*('''|""")[ \t]*((?:repl|python3?|py)[ \t]*)$/;
const PYTHON = /^(?:repl|tool_code|i?python[\d.]*|py[\d.]*|python-?repl)(?![\w-])/i;
const KEYWORD = /^(?:import|from|print|for|while|if|def|return|with|try|class|assert|del|raise)\b/;
/** What may stand behind the language and is not code: words, a comment, attributes. */
const NO_CODE =
  /^(?:#.*|[:,;][\w./: =-]*|\{[^`{}]*\}|[\w-]+=\S+(?:[ \t]+[\w-]+=\S+)*[ \t]*|[A-Za-z][\w-]*(?:[ \t]+[A-Za-z][\w-]*)?)?$/;

/** The blocks of Python, in order. Blocks in other languages, or in none, are prose. */
export function findFences(text: string): Fence[] {
  return findAllFences(text).filter(({ language }) => language === "python");
}

/**
 * Every block with its language, up to `most` of them. A block ends where Python's strings allow it, or where one line closes it.
 */
export function findAllFences(text: string, most = Infinity): AnyFence[] {
  const lines = linesOf(text);
  const fences: AnyFence[] = [];
  let next = 0;
  while (next < lines.length && fences.length < most) {
    const line = lines[next]!;
    const opening = openingOf(lines, next);
    next += 1;
    if (!opening) continue;
    const start = line.start + opening.before.length;
    const oneLine = onOneLine(opening);
    if (oneLine !== null) {
      fences.push({ ...oneLine, language: opening.language, start, end: line.start + line.text.length });
      continue;
    }
    next += opening.more;
    const isPython = opening.language === "python";
    const close = isPython
      ? closingLine(lines, next, opening.marker)
      : plainClose(lines, next, opening.marker);
    const body = lines.slice(next, close ?? lines.length).map((inner) => inner.text);
    next += body.length;
    const code = (opening.first === null ? body : [opening.first, ...body]).join("\n");
    const endsInLine = close === null ? closedAtEnd(code, opening.marker) : null;
    fences.push({
      language: opening.language,
      code: codeIn(endsInLine ?? code, opening.before),
      start,
      end: close === null ? text.length : endOfMarker(lines[next]!),
      closed: close !== null || endsInLine !== null,
    });
    // A line that closes one block and opens another is looked at again.
    if (close !== null && !opensPython(lines, next)) next += 1;
  }
  return fences;
}

function openingOf(lines: readonly Line[], index: number): Opening | null {
  const line = lines[index]!.text;
  if (!MAY_OPEN.test(line)) return null;
  const found = QUOTE_FENCE.exec(line) ?? fenceIn(line);
  if (!found) return null;
  const [, marker = "", rest = ""] = found;
  const before = line.slice(0, line.indexOf(marker));
  // Pandoc and Quarto write the language as an attribute.
  const info = rest.trim().replace(/^\{[ ]*\.?([\w-]+)[^{}`]*\}$/, "$1");
  const python = PYTHON.exec(info);
  if (python) {
    const behind = info.slice(python[0].length).trim();
    const isCode = KEYWORD.test(behind) || !NO_CODE.test(behind);
    return { marker, language: "python", before, first: isCode ? behind : null, more: 0 };
  }
  // Prose mentions fences too, so that only those of Python are taken in the middle of a line.
  if (before.trim() !== "") return null;
  if (info === "") {
    const tag = lines[index + 1]?.text.trim() ?? "";
    const isTag = /^(?:repl|python3?|py)$/i.test(tag);
    return { marker, language: isTag ? "python" : null, before, first: null, more: isTag ? 1 : 0 };
  }
  const language = /^[\w+#.-]+/.exec(info)?.[0];
  const isBareCode = language === undefined || KEYWORD.test(info) || /^[\w.]+[([]/.test(info);
  if (isBareCode) return { marker, language: null, before, first: info, more: 0 };
  return { marker, language: { other: language.toLowerCase() }, before, first: null, more: 0 };
}

function opensPython(lines: readonly Line[], index: number): boolean {
  return openingOf(lines, index)?.language === "python";
}

/** A block that its own line closes. */
function onOneLine({ marker, first }: Opening): { readonly code: string; readonly closed: true } | null {
  const end = first?.lastIndexOf(marker) ?? -1;
  if (first === null || end === -1 || first.slice(end + marker.length).trim() !== "") return null;
  return { code: first.slice(0, end).trim(), closed: true };
}

/**
 * The first line outside a triple-quoted string that begins with a closing fence, as no line of Python does; where quotes
 * never balance, the first line that is nothing but one.
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

function plainClose(lines: readonly Line[], from: number, marker: string): number | null {
  for (let index = from; index < lines.length; index += 1)
    if (lines[index]!.text.trimStart().startsWith(marker)) return index;
  return null;
}

function isFence(line: string, marker: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === marker[0]!.repeat(trimmed.length);
}

/** The code of a block whose closing fence stands behind its last line; null if it does not. */
function closedAtEnd(code: string, marker: string): string | null {
  const trimmed = code.trimEnd();
  return trimmed.endsWith(marker) ? trimmed.slice(0, -marker.length) : null;
}

/** Code without the indentation of its fence, where all lines have it, and without one that all lines share. */
function codeIn(code: string, before: string): string {
  const indent = before.trim() === "" ? before : "";
  const lines = code.split("\n");
  const isShared = lines.every((line) => line.trim() === "" || line.startsWith(indent));
  const unindented = isShared ? lines.map((line) => line.slice(indent.length)).join("\n") : code;
  return dedented(unindented);
}

function endOfMarker({ text, start }: Line): number {
  return start + (/^[ \t]*[`~]+/.exec(text)?.[0].length ?? 0);
}
