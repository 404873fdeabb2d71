/** How the simulated model reads a slice of a haystack: it sees every needle, and answers for the keys in the question. */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";

const SUBJECT = String.raw`special magic (number|word|uuid)s? for ((?:(?!special magic)[^\n?:]){1,200}?)`;
/** A needle, or an answer that this reader gave for another slice. */
const STATEMENT = new RegExp(
  String.raw`(?:One of the |The )?${SUBJECT} (?:mentioned in the provided text )?(?:is|are): ([^\s,]+(?:, [^\s,]+)*)\.(?=\s|$)`,
  "g",
);
/** The answer that this reader gave for a slice without a needle. */
const DENIAL = new RegExp(String.raw`No ${SUBJECT} is mentioned in the provided text\.`, "g");
const QUESTION = new RegExp(String.raw`${SUBJECT}(?= mentioned|[?.\n]|$)`, "g");

/** A key must be a whole word, or whole words joined as in `adjective-noun`. */
const WORD = /[\p{L}\p{N}]+/gu;

interface Statement {
  /** Offset in the prompt, in characters. */
  readonly start: number;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** A finding's value is a needle's value, or "" for a slice that does not name the key. */
export const sNiahReader: SliceReader<string> = {
  name: "s-niah",
  read(prompt) {
    const statements = Array.from(prompt.matchAll(STATEMENT), readStatement);
    const asked = askedKeys(prompt.replace(STATEMENT, "").replace(DENIAL, ""), statements);
    if (asked === null) return null;
    const keys = new Set(asked.keys);
    const isAsked = (statement: Statement) => statement.keys.some((key) => keys.has(key));
    const others = statements.filter((statement) => !isAsked(statement));
    let next = 0;
    const findings = statements.filter(isAsked).flatMap((statement) => {
      while (next < others.length && others[next]!.start <= statement.start) next += 1;
      return found(statement, others[next] ?? others[0], prompt);
    });
    return {
      findings: findings.length > 0 ? findings : nothingFound(others),
      answer: (values) =>
        wordAnswer(
          asked,
          values.filter((value) => value !== ""),
        ),
    };
  },
};

interface Asked {
  readonly type: string;
  readonly keys: readonly string[];
}

/** The keys of the question if it has RULER's wording; otherwise the stated keys that the rest of the prompt names. */
function askedKeys(rest: string, statements: readonly Statement[]): Asked | null {
  const questions = [...rest.matchAll(QUESTION)];
  if (questions.length > 0) {
    const keys = questions.flatMap((question) => splitKeys(question[2] as string));
    return { type: questions[0]?.[1] as string, keys: [...new Set(keys)] };
  }
  const named = keysNamedIn(rest, new Set(statements.flatMap(({ keys }) => keys)));
  return named.length > 0 ? { type: "value", keys: named } : null;
}

/** The most characters searched for keys, over all keys: haystacks have thousands, and the question names few of them. */
const MOST_SEARCHED_CHARS = 100_000_000;

function keysNamedIn(rest: string, keys: ReadonlySet<string>): string[] {
  const words = new Set(rest.match(WORD));
  let searched = 0;
  return [...keys].filter((key) => {
    const [first = ""] = key.match(WORD) ?? [];
    if (first !== "" && !words.has(first)) return false;
    searched += rest.length;
    return searched <= MOST_SEARCHED_CHARS && rest.includes(key);
  });
}

function readStatement(match: RegExpExecArray): Statement {
  return {
    start: match.index,
    keys: splitKeys(match[2] as string),
    values: (match[3] as string).split(", "),
  };
}

function splitKeys(keys: string): string[] {
  return keys.split(/,? and |, /);
}

/** A model that errs overlooks the needle, or takes the next one, which was not asked for. */
function found(statement: Statement, other: Statement | undefined, prompt: string): Finding<string>[] {
  const decoy = other?.values[0];
  return statement.values.map((value) => ({
    position: statement.start / prompt.length,
    value,
    misreadings: decoy === undefined ? [null] : [null, decoy],
  }));
}

/** A slice that holds only other needles tempts a model to answer with one of them. */
function nothingFound(others: readonly Statement[]): Finding<string>[] {
  const decoy = others[0]?.values[0];
  return decoy === undefined ? [] : [{ position: 0.5, value: "", misreadings: [decoy] }];
}

function wordAnswer({ type, keys }: Asked, values: readonly string[]): string {
  const subject = (plural: boolean) => `special magic ${type}${plural ? "s" : ""} for ${keys.join(", ")}`;
  const distinct = [...new Set(values)];
  if (distinct.length === 0) return `No ${subject(false)} is mentioned in the provided text.`;
  const plural = distinct.length > 1;
  return `The ${subject(plural)} mentioned in the provided text ${plural ? "are" : "is"}: ${distinct.join(", ")}.`;
}
