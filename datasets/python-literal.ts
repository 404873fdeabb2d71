/** Reads the few Python literals that benchmark files hold in text columns: lists of strings, numbers and dates. */
import { DataError } from "../src/errors.ts";

const ITEM =
  /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|datetime\.date\((\d+), *(\d+), *(\d+)\)|([^\s,'"[\]]+))\s*(,|$)/sy;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/**
 * The items of a list literal such as `['ham']`, `[4]` or `[datetime.date(2023, 1, 6)]`, as text: strings unescaped,
 * dates as `YYYY-MM-DD`, anything else as written. Throws `DataError` for anything that is not such a list.
 */
export function parseList(literal: string): string[] {
  const body = /^\s*\[(.*)\]\s*$/s.exec(literal)?.[1];
  if (body === undefined) throw new DataError(`expected a list such as ['a'], got ${shown(literal)}`);
  const items: string[] = [];
  const item = new RegExp(ITEM);
  const { length } = body.trimEnd();
  while (item.lastIndex < length) {
    const match = item.exec(body);
    if (!match) throw new DataError(`expected strings, numbers or dates in ${shown(literal)}`);
    items.push(textOf(match));
  }
  return items;
}

function shown(literal: string): string {
  return JSON.stringify(literal.length > 200 ? `${literal.slice(0, 200)}…` : literal);
}

function textOf([, single, double, year, month, day, bare]: RegExpExecArray): string {
  const quoted = single ?? double;
  if (quoted !== undefined) return quoted.replace(ESCAPE, unescaped);
  if (year !== undefined) return [year, month?.padStart(2, "0"), day?.padStart(2, "0")].join("-");
  return bare as string;
}

function unescaped(_: string, two?: string, four?: string, eight?: string, char = ""): string {
  const code = two ?? four ?? eight;
  return code === undefined ? (ESCAPES[char] ?? char) : String.fromCodePoint(Number.parseInt(code, 16));
}

/** Writes a list of strings as a literal that `parseList` can read. */
export function formatList(items: readonly string[]): string {
  const quoted = items.map(
    (item) => `'${item.replace(/[\\']/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}'`,
  );
  return `[${quoted.join(", ")}]`;
}
