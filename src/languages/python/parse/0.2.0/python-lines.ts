/** Reads Python line by line, as far as the parser of completions needs it: strings, statements, indentation, names. */

/** A line of a completion, and the offset at which it begins. */
export interface Line {
  readonly text: string;
  readonly start: number;
}

/** The lines of a text. */
export function linesOf(text: string): Line[] {
  return [...eachLine(text)];
}

function* eachLine(text: string): Generator<Line> {
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    yield { text: text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end), start };
    start = end + 1;
  }
  yield { text: text.slice(start).replace(/\r$/, ""), start };
}

/** The triple quote that is open after a line of Python, given the one that was open before it; null for none. */
export function quoteAfter(line: string, open: string | null): string | null {
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

const STATEMENT = new RegExp(
  [
    String.raw`(?:import|from|def|class|async|await|with|while|for|if|try|return|raise|assert|del|global|print)\b.*[:()=\w\]]$`,
    String.raw`[\p{L}_][\p{L}\p{N}_.]*(?:\[[^\]]*\])*\s*(?::[^=]+)?(?:=(?!=)|[+\-*/|&]=)\s*\S`,
    String.raw`[\p{L}_][\p{L}\p{N}_, ]*=(?!=)\s*\S`,
    String.raw`[\p{L}_][\p{L}\p{N}_.]*(?:\[[^\]]*\])*\(.*[)(\[{,]$`,
    String.raw`[\p{L}_][\p{L}\p{N}_.]*\[[^\]]*\]$`,
    "#.*",
    "@.*",
  ].join("|"),
  "u",
);
const BEGINS_STATEMENT = new RegExp(`^(?:${STATEMENT.source})`, "u");
/** An unindented line that continues a statement: a further clause, or the end of a bracket. */
const GOES_ON = /^(?:else\s*:|elif\b.*:|except\b.*:|finally\s*:|[)\]}])/;
/** Prose that begins with a Python keyword but has none of Python's punctuation. */
const PROSE =
  /^(?:import|from|for|if|with|while|return|try|print|class|del)\b(?!.*[:(=])(?!\s+[\w.]+(?:\s+(?:import|as)\s+[\w.*, ]+)?$)/;

/** The most lines by which it is judged whether a text is Python. */
const MOST_JUDGED = 5000;

/** Whether a text without a fence is Python: every line that begins a statement looks like one, and not all are comments. */
export function looksLikePython(text: string): boolean {
  let quote: string | null = null;
  let depth = 0;
  let statements = 0;
  let judged = 0;
  for (const { text: line } of eachLine(text.trim())) {
    if ((judged += 1) > MOST_JUDGED) break;
    const isInside = quote !== null || depth > 0 || /^\s/.test(line) || line.trim() === "";
    if (quote === null) depth = Math.max(0, depth + bracketsOf(line));
    quote = quoteAfter(line, quote);
    if (isInside || GOES_ON.test(line)) continue;
    const code = withoutComment(line);
    if (PROSE.test(code) || !BEGINS_STATEMENT.test(code)) return false;
    if (!line.startsWith("#")) statements += 1;
  }
  return statements > 0;
}

/** The number of brackets that a line opens minus those that it closes, outside of strings. */
function bracketsOf(line: string): number {
  let depth = 0;
  const lastEnd = lastLineEnd(line);
  // A quote that nothing closes closes for none of the quotes after it that it passes, which are not looked at again.
  const unclosed = { '"': 0, "'": 0 };
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at]!;
    if (sign === "#" && at > lastEnd) break;
    if (sign === '"' || sign === "'") {
      if (at < unclosed[sign]) continue;
      const end = endOfQuoted(line, sign, at + 1);
      if (line[end] === sign) at = end;
      else unclosed[sign] = end;
    } else if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
  }
  return depth;
}

const QUOTED = { '"': /(?:\\.|[^"\\])*/y, "'": /(?:\\.|[^'\\])*/y };

/** Where what is quoted ends: at the closing quote, if there is one. */
function endOfQuoted(line: string, quote: keyof typeof QUOTED, from: number): number {
  const pattern = QUOTED[quote];
  pattern.lastIndex = from;
  return from + pattern.exec(line)![0].length;
}

/** The offset of the last sign that ends a line for a pattern's dot; -1 if there is none. Lines end at line feeds only. */
function lastLineEnd(line: string): number {
  return Math.max(...["\r", "\u2028", "\u2029"].map((end) => line.lastIndexOf(end)));
}

/** The line without a comment after a space, and without spaces at its end. */
function withoutComment(line: string): string {
  const begins = /\s#/g;
  begins.lastIndex = Math.max(0, lastLineEnd(line));
  return line.slice(0, begins.exec(line)?.index).trimEnd();
}

/** Removes the indentation that all lines share, such as that of a list item around the code. */
export function dedented(code: string): string {
  const lines = code.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0]);
  const shared = indents.reduce((common, indent) => commonStart(common, indent), indents[0] ?? "");
  if (shared === "") return code;
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line)).join("\n");
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

/** Each stops after so many characters, and begins at a word's beginning, so that no text makes it slow. */
const BOUND = [
  /(?:^|[\n;])[ \t]*((?:[\p{L}_][\p{L}\p{N}_]*[ \t]*,[ \t]*)*[\p{L}_][\p{L}\p{N}_]*)[ \t]*(?::[^=\n]{1,200})?=(?!=)/gu,
  /(?<![\p{L}\p{N}_])([\p{L}_][\p{L}\p{N}_]*)[ \t]*(?::=|[+\-*/|&]=)/gu,
  /\bfor[ \t]+([\p{L}_][\p{L}\p{N}_, \t()]{0,200}?)[ \t]+in\b/gu,
  /\b(?:as|def|class|import)[ \t]+([\p{L}_][\p{L}\p{N}_]*)/gu,
];

/** The most characters of code in which names are looked for. */
const MOST_BOUND_CHARS = 2 ** 18;

/** The names that code binds, as far as its text shows. */
export function boundNames(code: string): Set<string> {
  const looked = code.slice(0, MOST_BOUND_CHARS);
  const names = BOUND.flatMap((pattern) => [...looked.matchAll(pattern)].map(([, name = ""]) => name));
  return new Set(names.flatMap((name) => name.split(/[\s,()]+/).filter((part) => part !== "")));
}

/** A fence, and the rest of its line. */
const FENCE = /(?<![`~])(`{3,}|~{3,})[ \t]*(.*)$/g;

/** The first fence of a line with what stands behind it; null if there is none. */
export function fenceIn(line: string): RegExpExecArray | null {
  // The rest of the line holds no line's end, so nothing before the last one is worth a try.
  FENCE.lastIndex = lastLineEnd(line) + 1;
  return FENCE.exec(line);
}
