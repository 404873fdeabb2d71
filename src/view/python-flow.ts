/**
 * What statements of Python set and read, found in the text of a block. Nothing is run, and nothing is proved: a name that code
 * sets by a way that is not looked at (`exec`, `globals()`, a function that changes a global) is overlooked.
 */
import { type Token, tokensOf } from "./python-tokens.ts";

/** One statement, or the head of a compound one. */
export interface Statement {
  /** From 1, in its block. */
  readonly line: number;
  readonly code: string;
  /** Names that it sets anew. */
  readonly sets: readonly string[];
  /** Names whose value it changes, or may set: what they were before counts too. */
  readonly changes: readonly string[];
  readonly reads: readonly string[];
  /** Functions of the REPL that it calls, such as `llm_query_batched`, `FINAL` or `print`. */
  readonly called: readonly string[];
  /** The heads that it stands under, as positions in the list of statements. */
  readonly under: readonly number[];
  /** Its value is shown, or it prints. */
  readonly isShown: boolean;
  /** The name that `FINAL_VAR("name")` gives. */
  readonly finalVariable: string | null;
}

/** The functions that ask sub-models. */
export const QUERIES: ReadonlySet<string> = new Set([
  "llm_query",
  "llm_query_batched",
  "llm_batch",
  "rlm_query",
  "rlm_query_batched",
]);

const HEADS = new Set(["for", "while", "if", "elif", "else", "with", "try", "except", "finally", "async"]);
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import " +
    "in is lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
);
const AUGMENTED = /^(?:\+|-|\*|\/|\/\/|%|@|&|\||\^|>>|<<|\*\*)=$/;

/** The statements of a block in order. The lines of a function are one statement, which sets its name. */
export function statementsOf(code: string): Statement[] {
  const lines = logicalLines(tokensOf(code));
  const statements: Statement[] = [];
  const heads: { readonly indent: number; readonly at: number }[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    while (heads.length > 0 && heads.at(-1)!.indent >= line.indent) heads.pop();
    const under = heads.map(({ at }) => at);
    const word = line.tokens[0]!.text;
    if (word === "def" || word === "class" || (word === "async" && line.tokens[1]?.text === "def")) {
      let end = i;
      while (end + 1 < lines.length && lines[end + 1]!.indent > line.indent) end += 1;
      statements.push(functionOf(lines.slice(i, end + 1), under));
      i = end;
      continue;
    }
    const [head, body] = HEADS.has(word) ? splitHead(line.tokens) : [null, line.tokens];
    if (head !== null) {
      heads.push({ indent: line.indent, at: statements.length });
      statements.push(headOf(head, under));
    }
    if (body.length > 0)
      statements.push(simple(body, head === null ? under : [...under, statements.length - 1]));
  }
  return statements;
}

interface LogicalLine {
  readonly indent: number;
  readonly tokens: readonly Token[];
}

function logicalLines(tokens: readonly Token[]): LogicalLine[] {
  const lines: { indent: number; tokens: Token[] }[] = [];
  let open: Token[] = [];
  let indent = 0;
  const close = () => {
    if (open.length > 0) lines.push({ indent, tokens: open });
    open = [];
  };
  for (const token of tokens) {
    if (token.kind === "end") close();
    else {
      if (open.length === 0 && token.indent !== null) ({ indent } = token as { indent: number });
      open.push(token);
    }
  }
  close();
  return lines;
}

/** The head of a compound statement up to its colon, and what follows on the same line. */
function splitHead(tokens: readonly Token[]): [Token[], Token[]] {
  const at = tokens.findIndex(({ kind, text, depth }, i) => {
    if (kind !== "op" || text !== ":" || depth > 0) return false;
    return !tokens.slice(0, i).some(({ text: before, depth: own }) => before === "lambda" && own === 0);
  });
  return at === -1 ? [[...tokens], []] : [tokens.slice(0, at), tokens.slice(at + 1)];
}

function headOf(tokens: readonly Token[], under: readonly number[]): Statement {
  const isFor = tokens.some(({ text, depth }) => text === "for" && depth === 0);
  const inAt = tokens.findIndex(({ text, depth }) => text === "in" && depth === 0);
  const asAt = tokens.findIndex(({ text, depth }) => text === "as" && depth === 0);
  const forAt = tokens.findIndex(({ text }) => text === "for");
  const bound = isFor ? tokens.slice(forAt + 1, inAt) : asAt === -1 ? [] : tokens.slice(asAt + 1);
  const read = isFor ? tokens.slice(inAt + 1) : asAt === -1 ? tokens : tokens.slice(0, asAt);
  return made(tokens, under, { changes: namesIn(bound), reads: namesIn(read) });
}

function functionOf(lines: readonly LogicalLine[], under: readonly number[]): Statement {
  const tokens = lines.flatMap((line) => line.tokens);
  const name = tokens.find(({ text }) => text !== "async" && text !== "def" && text !== "class");
  const reads = namesIn(tokens.slice(2));
  return made(tokens, under, { sets: name ? [name.text] : [], reads });
}

function simple(tokens: readonly Token[], under: readonly number[]): Statement {
  const [first] = tokens;
  if (first!.text === "import" || first!.text === "from") {
    const from = tokens.findIndex(({ text }) => text === "import");
    const sets = namesIn(tokens.slice(from + 1));
    return made(tokens, under, { sets });
  }
  const augmented = tokens.findIndex(
    ({ kind, text, depth }) => kind === "op" && depth === 0 && AUGMENTED.test(text),
  );
  if (augmented > 0) {
    const target = tokens.slice(0, augmented);
    return made(tokens, under, {
      changes: namesIn(target).slice(0, 1),
      reads: namesIn([...target, ...tokens.slice(augmented + 1)]),
    });
  }
  const equals = tokens.flatMap(({ kind, text, depth }, i) =>
    kind === "op" && text === "=" && depth === 0 ? [i] : [],
  );
  const last = equals.at(-1);
  const walrus = tokens.flatMap(({ text }, i) => (text === ":=" ? [tokens[i - 1]!.text] : []));
  if (last === undefined) {
    const isOfName = first!.kind === "name" && !KEYWORDS.has(first!.text) && tokens[1]?.text === ".";
    return made(tokens, under, {
      changes: [...walrus, ...(isOfName ? [first!.text] : [])],
      reads: namesIn(tokens),
      isShown: !KEYWORDS.has(first!.text),
    });
  }
  const targets = tokens.slice(0, last);
  const annotation = targets.findIndex(({ text, depth }) => text === ":" && depth === 0);
  const { whole, parts, indexes } = targetsOf(annotation === -1 ? targets : targets.slice(0, annotation));
  return made(tokens, under, {
    sets: whole,
    changes: [...parts, ...walrus],
    reads: [...namesIn(tokens.slice(last + 1)), ...parts, ...indexes],
  });
}

/** The names that a target sets whole, those of which it sets a part, and those in the indexes. */
function targetsOf(tokens: readonly Token[]) {
  const [whole, parts, indexes]: [string[], string[], string[]] = [[], [], []];
  for (const [i, { kind, text, depth }] of tokens.entries()) {
    if (kind !== "name" || KEYWORDS.has(text) || tokens[i - 1]?.text === ".") continue;
    const next = tokens[i + 1]?.text;
    const isInIndex =
      depth > 0 &&
      tokens
        .slice(0, i)
        .some(({ text: one, depth: at }, j) => one === "[" && at < depth && isSubscript(tokens, j));
    if (isInIndex) indexes.push(text);
    else if (next === "." || next === "[") parts.push(text);
    else whole.push(text);
  }
  return { whole, parts, indexes };
}

function isSubscript(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return before !== undefined && (before.kind === "name" || before.text === ")" || before.text === "]");
}

interface Facts {
  readonly sets?: readonly string[];
  readonly changes?: readonly string[];
  readonly reads?: readonly string[];
  readonly isShown?: boolean;
}

function made(tokens: readonly Token[], under: readonly number[], facts: Facts): Statement {
  const { sets = [], changes = [], reads = [], isShown = false } = facts;
  const called = tokens.flatMap(({ kind, text }, i) =>
    kind === "name" && tokens[i + 1]?.text === "(" && tokens[i - 1]?.text !== "." ? [text] : [],
  );
  const final = tokens.findIndex(({ text }, i) => text === "FINAL_VAR" && tokens[i + 1]?.text === "(");
  const named = final === -1 ? undefined : tokens[final + 2];
  return {
    line: tokens[0]!.line,
    code: textOf(tokens),
    sets: unique(sets),
    changes: unique(changes),
    reads: unique(reads),
    called: unique(called),
    under,
    isShown,
    finalVariable: named?.kind === "string" ? named.text.replaceAll(/^[rbuRBU]*["']+|["']+$/g, "") : null,
  };
}

/** The names that tokens read: not attributes, keywords, names of arguments, or what a comprehension or lambda binds. */
function namesIn(tokens: readonly Token[]): string[] {
  const bound = new Set<string>();
  for (const [i, { text }] of tokens.entries()) {
    if (text !== "for" && text !== "lambda") continue;
    const stop = text === "for" ? "in" : ":";
    for (let j = i + 1; j < tokens.length && tokens[j]!.text !== stop; j += 1)
      if (tokens[j]!.kind === "name") bound.add(tokens[j]!.text);
  }
  const names = tokens.flatMap(({ kind, text, depth, inner }, i) => {
    if (kind === "string") return inner;
    if (kind !== "name" || KEYWORDS.has(text) || tokens[i - 1]?.text === ".") return [];
    const isArgument = depth > 0 && tokens[i + 1]?.text === "=";
    return isArgument ? [] : [text];
  });
  return unique(names).filter((name) => !bound.has(name));
}

function textOf(tokens: readonly Token[]): string {
  const [first, last] = [tokens[0]!, tokens.at(-1)!];
  return first.source.slice(first.start, last.end);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
