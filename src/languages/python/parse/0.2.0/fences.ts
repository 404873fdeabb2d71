/** Finds the fenced blocks of a completion, with all the ways in which models write fences. */
import type { Fence } from "../../../../parse/parsed.ts";
import { dedented, fenceIn, type Line, linesOf, quoteAfter } from "./python-lines.ts";

/** The language of a fence; null if it names none. */
export type Language = "python" | { readonly other: string } | null;

/** A fenced block with its language. */
export interface AnyFence extends Fence {
  readonly language: Language;
}

interface Opening {
  readonly marker: string;
  readonly language: Language;
  /** The text before the fence on its line, and code after it on the same line. */
  readonly before: string;
  readonly first: string | null;
  /** Further lines of the opening: 1 if the language is on the next line. */
  readonly more: number;
}

const PYTHON = /^(?:repl|i?python[\d.]*|py[\d.]*|python-?repl)(?![\w-])/i;
const KEYWORD = /^(?:import|from|print|for|while|if|def|return|with|try|class|assert|del|raise)\b/;
/** Text after the language that is not code: words, a comment, attributes. */
const NO_CODE =
  /^(?:#.*|\{[^`{}]*\}|[\w-]+=\S+(?:[ \t]+[\w-]+=\S+)*[ \t]*|[A-Za-z][\w-]*(?:[ \t]+[A-Za-z][\w-]*)?)?$/;

/** The blocks of Python, in order. Blocks in other languages or without one count as prose. */
export function findFences(text: string): Fence[] {
  return findAllFences(text).filter(({ language }) => language === "python");
}

/** All blocks with their languages. A block of Python ends at the first closing fence outside of a triple-quoted string. */
export function findAllFences(text: string): AnyFence[] {
  const lines = linesOf(text);
  const fences: AnyFence[] = [];
  let next = 0;
  while (next < lines.length) {
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
    // A line that closes one block and opens another is read again.
    if (close !== null && !opensPython(lines, next)) next += 1;
  }
  return fences;
}

function openingOf(lines: readonly Line[], index: number): Opening | null {
  const line = lines[index]!.text;
  const found = fenceIn(line);
  if (!found) return null;
  const [, marker = "", rest = ""] = found;
  const before = line.slice(0, found.index);
  const info = rest.trim();
  const python = PYTHON.exec(info);
  if (python) {
    const behind = info.slice(python[0].length).trim();
    const isCode = KEYWORD.test(behind) || !NO_CODE.test(behind);
    return { marker, language: "python", before, first: isCode ? behind : null, more: 0 };
  }
  // Prose mentions fences too, so in the middle of a line only Python's are taken.
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

/** The block if its opening line also closes it; null otherwise. */
function onOneLine({ marker, first }: Opening): { readonly code: string; readonly closed: true } | null {
  const end = first?.lastIndexOf(marker) ?? -1;
  if (first === null || end === -1 || first.slice(end + marker.length).trim() !== "") return null;
  return { code: first.slice(0, end).trim(), closed: true };
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

function plainClose(lines: readonly Line[], from: number, marker: string): number | null {
  for (let index = from; index < lines.length; index += 1)
    if (lines[index]!.text.trimStart().startsWith(marker)) return index;
  return null;
}

function isFence(line: string, marker: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === marker[0]!.repeat(trimmed.length);
}

/** The code of a block whose closing fence is at the end of its last line; null if it is not. */
function closedAtEnd(code: string, marker: string): string | null {
  const trimmed = code.trimEnd();
  return trimmed.endsWith(marker) ? trimmed.slice(0, -marker.length) : null;
}

/** Removes the fence's indentation, if all lines have it, and then any indentation that all lines share. */
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
