/** Python's text in tokens, as far as it takes to tell names, strings and brackets apart. */

/** A token with where it stands; `end` closes a logical line. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "op" | "end";
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Brackets that are open around it. */
  readonly depth: number;
  /** Of the first token of a line: the white space before it; null elsewhere. */
  readonly indent: number | null;
  /** Names that the braces of an f-string read. */
  readonly inner: readonly string[];
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?j?|\.\d+)/y;
const OPERATOR =
  /(?:\*\*=|\/\/=|>>=|<<=|:=|->|[=!<>+\-*/%@&|^]=|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>=.,:;()[\]{}!?$\\])/y;
const STRING = /[rbuftRBUFT]{0,3}("""|'''|"|')/y;
const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);

/** The tokens; what cannot be told is passed over a character at a time. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let [at, line, depth] = [0, 1, 0];
  let lineStart = true;
  let indent = 0;
  const push = (kind: Token["kind"], end: number, inner: readonly string[] = []) => {
    const text = source.slice(at, end);
    tokens.push({
      kind,
      text,
      line,
      depth,
      indent: lineStart ? indent : null,
      inner,
      source,
      start: at,
      end,
    });
    if (kind !== "end") lineStart = false;
    line += kind === "string" ? text.split("\n").length - 1 : 0;
    at = end;
  };
  while (at < source.length) {
    const char = source[at]!;
    if (char === "\n") {
      if (depth === 0 && !lineStart) push("end", at + 1);
      else at += 1;
      line += 1;
      if (depth === 0) [lineStart, indent] = [true, 0];
    } else if (char === " " || char === "\t" || char === "\r" || char === "\f") {
      if (lineStart) indent += char === "\t" ? 8 : 1;
      at += 1;
    } else if (char === "#") at = lineEnd(source, at);
    else if (char === "\\" && source[at + 1] === "\n") {
      at += 2;
      line += 1;
    } else if (matchAt(STRING, source, at) !== null) {
      const opening = matchAt(STRING, source, at)!;
      const end = stringEnd(source, at + opening.length, opening);
      const text = source.slice(at, end);
      push("string", end, /^[^"']*[fFtT]/.test(text) ? namesInBraces(text) : []);
    } else {
      const name = matchAt(NAME, source, at);
      const number = name === null ? matchAt(NUMBER, source, at) : null;
      const operator = name === null && number === null ? matchAt(OPERATOR, source, at) : null;
      if (name !== null) push("name", at + name.length);
      else if (number !== null) push("number", at + number.length);
      else if (operator === ";" && depth === 0) {
        const before = indent;
        push("end", at + 1);
        [lineStart, indent] = [true, before];
        while (source[at] === " ") at += 1;
      } else if (operator !== null) {
        if (CLOSING.has(operator)) depth = Math.max(0, depth - 1);
        push("op", at + operator.length);
        if (OPENING.has(operator)) depth += 1;
      } else at += 1;
    }
  }
  return tokens;
}

function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end === -1 ? source.length : end;
}

/** The position after the string's closing quote; the line's end where it has none. */
function stringEnd(source: string, start: number, opening: string): number {
  const quote = opening.replace(/^[a-zA-Z]*/, "");
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source.startsWith(quote, at)) return at + quote.length;
    else if (quote.length === 1 && source[at] === "\n") return at;
  }
  return source.length;
}

function namesInBraces(text: string): string[] {
  const braces = text.replaceAll("{{", "").matchAll(/\{([^{}]*)/g);
  return [...braces].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/(?<![.\w"'])[\p{L}_][\p{L}\p{N}_]*/gu)].map(([name]) => name),
  );
}
