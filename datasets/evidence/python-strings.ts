/** The texts of an answer that is a Python literal, as `ast.literal_eval` reads lists and tuples of strings. */
import { strip } from "../python-text.ts";

/** A literal: a string, something else as `str` writes it, or several. */
type Literal =
  | { readonly kind: "text" | "other"; readonly text: string }
  | { readonly kind: "several"; readonly items: readonly Literal[]; readonly brackets: "[]" | "()" };

const SPACE = /(?:[ \t\r\n\f]|#[^\n]*|\\\n)*/y;
const STRING = /([rRuU]?)("""|'''|"|')/y;
const NUMBER = /[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?(?![\w.])/y;
const NAME = /(?:None|True|False)\b/y;
const ESCAPE =
  /\\(?:\n|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\\'"abfnrtv])|(.))/gs;
const SINGLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const MOST_LEVELS = 90;

class NotALiteral extends Error {}

/**
 * The texts: those of a list or tuple, items that are no strings as `str` writes them, or the one text of anything else. Null if the
 * answer is no such literal; dicts, sets, bytes, sums and characters by their names (`\\N{…}`) count as none.
 */
export function pythonStrings(answer: string): string[] | null {
  // Python strips spaces and tabs before the literal, skips empty lines, and refuses any other indentation.
  const text = answer.replace(/^[ \t]+/, "").replace(/^(?:[ \t\r]*(?:#[^\n]*)?\n)+/, "");
  if (/^\s/.test(text)) return null;
  try {
    const reader = new Reader(text);
    const literal = reader.whole();
    return literal.kind === "several" ? literal.items.map(written) : [written(literal)];
  } catch (error) {
    if (error instanceof NotALiteral) return null;
    throw error;
  }
}

/** The passages that an answer quotes: those of a literal, or else what empty lines part. */
export function quotesIn(answer: string): string[] {
  return (
    pythonStrings(answer) ??
    answer
      .split("\n\n")
      .map(strip)
      .filter((one) => one !== "")
  );
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Literal {
    const first = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length && this.#text[this.#at] !== ",") throw new NotALiteral();
    if (this.#at === this.#text.length) return first;
    const items = [first];
    while (this.#take(",")) {
      if (this.#isAtEnd()) break;
      items.push(this.#value(0));
    }
    if (!this.#isAtEnd()) throw new NotALiteral();
    return { kind: "several", items, brackets: "()" };
  }

  #value(level: number): Literal {
    if (level > MOST_LEVELS) throw new NotALiteral();
    this.#skip();
    if (this.#take("[")) return { kind: "several", brackets: "[]", items: this.#items("]", level).items };
    if (this.#take("(")) {
      const { items, hasComma } = this.#items(")", level);
      return items.length === 1 && !hasComma ? items[0]! : { kind: "several", brackets: "()", items };
    }
    const number = this.#match(NUMBER) ?? this.#match(NAME);
    if (number) return { kind: "other", text: numberText(number[0]) };
    return { kind: "text", text: this.#strings() };
  }

  #items(close: string, level: number): { items: Literal[]; hasComma: boolean } {
    const items: Literal[] = [];
    let hasComma = false;
    for (;;) {
      this.#skip();
      if (this.#take(close)) return { items, hasComma };
      if (items.length > 0 && !hasComma) throw new NotALiteral();
      items.push(this.#value(level + 1));
      this.#skip();
      hasComma = this.#take(",");
    }
  }

  /** One string, or several that stand side by side. */
  #strings(): string {
    let all: string | null = null;
    for (;;) {
      const opened = this.#match(STRING);
      if (!opened) break;
      all = (all ?? "") + this.#string(opened[2]!, /r/i.test(opened[1]!));
      this.#skip();
    }
    if (all === null) throw new NotALiteral();
    return all;
  }

  #string(quote: string, isRaw: boolean): string {
    const start = this.#at;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || (char === "\n" && quote.length === 1)) throw new NotALiteral();
      if (this.#text.startsWith(quote, this.#at)) break;
      this.#at += char === "\\" ? 2 : 1;
    }
    const body = this.#text.slice(start, this.#at);
    this.#at += quote.length;
    return isRaw ? body : body.replace(ESCAPE, unescaped);
  }

  #isAtEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #skip(): void {
    this.#match(SPACE);
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at += match[0].length;
    return match;
  }
}

function unescaped(
  whole: string,
  two?: string,
  four?: string,
  eight?: string,
  octal?: string,
  single?: string,
  other?: string,
): string {
  const code = two ?? four ?? eight;
  if (code !== undefined) {
    const point = Number.parseInt(code, 16);
    if (point > 0x10ffff) throw new NotALiteral();
    return String.fromCodePoint(point);
  }
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (single !== undefined) return SINGLE[single]!;
  // Python keeps the backslash of an escape that it does not know, but refuses one that is cut short or a character's name.
  if (other !== undefined && /[xuUN]/.test(other)) throw new NotALiteral();
  return other === undefined ? "" : whole;
}

function numberText(number: string): string {
  const plain = number.replaceAll("_", "").replace(/^\+/, "");
  if (!/[.eE]/.test(plain) || /^[A-Z]/.test(plain)) return plain;
  const value = String(Number(plain));
  return /[.e]/.test(value) ? value : `${value}.0`;
}

/** `str` of a literal. */
function written(literal: Literal): string {
  return literal.kind === "text" ? literal.text : represented(literal);
}

/** `repr` of a literal. */
function represented(literal: Literal): string {
  if (literal.kind === "other") return literal.text;
  if (literal.kind === "several") {
    const inner = literal.items.map(represented).join(", ");
    const [open, close] = literal.brackets;
    return `${open}${inner}${literal.brackets === "()" && literal.items.length === 1 ? "," : ""}${close}`;
  }
  const quote = literal.text.includes("'") && !literal.text.includes('"') ? '"' : "'";
  const body = literal.text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r");
  return `${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}`;
}
