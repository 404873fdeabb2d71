/** The texts of an answer that is a Python literal, as `ast.literal_eval` reads lists and tuples of strings. */
import { NotALiteral, PYTHON_SPACE, readStrings } from "../python-strings.ts";
import { strip } from "../python-text.ts";

/** A literal: a string, something else as `str` writes it, or several. */
type Literal =
  | { readonly kind: "text" | "other"; readonly text: string }
  | { readonly kind: "several"; readonly items: readonly Literal[]; readonly brackets: "[]" | "()" };

const NUMBER = /[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?(?![\w.])/y;
const NAME = /(?:None|True|False)\b/y;
const MOST_LEVELS = 90;

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

  #strings(): string {
    const read = readStrings(this.#text, this.#at);
    if (!read) throw new NotALiteral();
    this.#at = read.end;
    return read.value;
  }

  #isAtEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #skip(): void {
    this.#match(PYTHON_SPACE);
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
