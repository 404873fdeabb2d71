/** Python's list literals, as far as answers are made of them: whole numbers, texts, True and False, and lists of these. */
import { NotALiteral, PYTHON_SPACE, readStrings } from "../python-strings.ts";
import type { Value } from "./python-values.ts";

/** Deeper lists run Python out of its stack. */
const MOST_LEVELS = 90;
const NUMBER = /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?[0-9])*/y;
const AFTER_NUMBER = /[\w.]|[\u0080-\u{10ffff}]/uy;
const MOST_DIGITS = 4300;
/** `ast.literal_eval` of a list; null where Python reads none, or one with other things in it. */
export function literalList(text: string): readonly Value[] | null {
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    reader.space();
    return Array.isArray(value) && reader.at === text.length ? (value as readonly Value[]) : null;
  } catch (error) {
    if (error instanceof NotALiteral) return null;
    throw error;
  }
}

const [MINUS, COMMA, ZERO, NINE, OPEN, CLOSE] = Array.from("-,09[]", (char) => char.charCodeAt(0));
const SPACES: ReadonlySet<number> = new Set(Array.from(" \t\n\r", (char) => char.charCodeAt(0)));
const MOST_EXACT_DIGITS = 15;

/**
 * A list of whole numbers of at most 15 digits, and of lists of them on so many levels, read in a tenth of the time; null for all
 * others.
 */
export function numbersIn(text: string, mostLevels = MOST_LEVELS): readonly Value[] | null {
  const outer: Value[][] = [];
  let list: Value[] | undefined;
  let needsComma = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA) {
      if (!needsComma) return null;
      needsComma = false;
    } else if (code === CLOSE) {
      if (!list) return null;
      const inner = outer.pop();
      if (!inner) return text.slice(at + 1).trim() === "" ? list : null;
      list = inner;
      needsComma = true;
    } else if (code === OPEN) {
      if (needsComma || outer.length + Number(list !== undefined) >= mostLevels) return null;
      const inner: Value[] = [];
      list?.push(inner);
      if (list) outer.push(list);
      list = inner;
    } else if (!SPACES.has(code)) {
      const begin = code === MINUS ? at + 1 : at;
      let [end, number] = [begin, 0];
      for (let digit = text.charCodeAt(end); digit >= ZERO! && digit <= NINE!; digit = text.charCodeAt(end)) {
        number = number * 10 + digit - ZERO!;
        end += 1;
      }
      const isShort = end > begin && end - begin <= MOST_EXACT_DIGITS;
      const leadsWithZero = end > begin + 1 && text.charCodeAt(begin) === ZERO;
      if (needsComma || !list || !isShort || leadsWithZero) return null;
      list.push(BigInt(code === MINUS ? -number : number));
      at = end - 1;
      needsComma = true;
    }
  }
  return null;
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  space(): void {
    this.#match(PYTHON_SPACE);
  }

  value(level: number): Value {
    this.space();
    if (level > MOST_LEVELS) throw new NotALiteral();
    const char = this.#text[this.at];
    if (char === "[") return this.#list(level);
    if (char === "(") return this.#inParentheses(level);
    if (char === "-" || char === "+") return this.#signed(level, char);
    return this.#name() ?? this.#number() ?? this.#strings();
  }

  #list(level: number): Value {
    this.at += 1;
    const items: Value[] = [];
    for (;;) {
      this.space();
      if (this.#take("]")) return items;
      if (items.length > 0) {
        if (!this.#take(",")) throw new NotALiteral();
        this.space();
        if (this.#take("]")) return items;
      }
      items.push(this.value(level + 1));
    }
  }

  /** What stands alone in parentheses; with a comma it would be a tuple. */
  #inParentheses(level: number): Value {
    this.at += 1;
    const value = this.value(level + 1);
    this.space();
    if (!this.#take(")")) throw new NotALiteral();
    return value;
  }

  /** A sign stands before a number alone. */
  #signed(level: number, sign: string): Value {
    this.at += 1;
    this.space();
    if ("+-".includes(this.#text[this.at] ?? "+")) throw new NotALiteral();
    const value = this.value(level + 1);
    if (typeof value !== "bigint") throw new NotALiteral();
    return sign === "-" ? -value : value;
  }

  #name(): boolean | null {
    for (const [name, value] of [
      ["True", true],
      ["False", false],
    ] as const)
      if (this.#text.startsWith(name, this.at) && !/[\w'"]/.test(this.#text[this.at + name.length] ?? "")) {
        this.at += name.length;
        return value;
      }
    return null;
  }

  #number(): bigint | null {
    const written = this.#match(NUMBER);
    if (written === null) return null;
    if (this.#match(AFTER_NUMBER) !== null || written.length > MOST_DIGITS) throw new NotALiteral();
    return BigInt(written.replaceAll("_", "").replace(/^0+(?=0$)/, ""));
  }

  #strings(): string {
    const read = readStrings(this.#text, this.at);
    if (!read) throw new NotALiteral();
    this.at = read.end;
    return read.value;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  #match(pattern: RegExp): string | null {
    return this.#exec(pattern)?.[0] ?? null;
  }

  #exec(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.at += match[0].length;
    return match;
  }
}
