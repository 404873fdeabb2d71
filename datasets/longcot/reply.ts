/** Finds the answer in a reply, as LongCoT's verifiers do: after the last `solution =`, else where something of its form stands last. */
import { strip, WHITE_SPACE } from "../python-text.ts";
import { literalList, numbersIn } from "./python-lists.ts";
import { intOf, isEqual, JsonAt, loadsJson, PythonRaises, type Value, wholeNumber } from "./python-values.ts";

// Python's IGNORECASE also takes the long s, and both dotted and dotless i.
const SOLUTION = new RegExp(`[sSſ][oO][lL][uU][tT][iIİı][oO][nN]${WHITE_SPACE}*=`, "g");
const INT = /-?\p{Nd}+/gu;
/** A brace that a key or the other brace follows; most others are told by a look, which is faster than by reading on. */
const OBJECT_BEGINS = /\{(?=[ \t\n\r]*["}])/g;
/** Only the moves of many discs take a longer list. One of anything but short numbers would keep the host busy, so none is right. */
const MOST_LIST_CHARS = 2 ** 17;
const INT_ALONE = /^-?\p{Nd}+$/u;
const COMMA = new RegExp(`${WHITE_SPACE}*,${WHITE_SPACE}*`, "y");

/** What follows the last `solution =`, stripped; null if nothing does. */
export function solutionIn(reply: string): string | null {
  let end = -1;
  for (const match of reply.matchAll(SOLUTION)) end = match.index + match[0].length;
  const solution = end < 0 ? "" : strip(reply.slice(end));
  return solution === "" ? null : solution;
}

/** The first whole number of the solution; without a solution, the last one of the reply. Throws `PythonRaises`. */
export function intIn(reply: string): bigint | null {
  const solution = solutionIn(reply);
  return solution === null ? lastIntOf(reply) : firstIntOf(solution);
}

/** The first whole number of a text. Throws `PythonRaises`. */
export function firstIntOf(text: string): bigint | null {
  const found = new RegExp(INT).exec(text)?.[0];
  return found === undefined ? null : wholeNumber(found);
}

function lastIntOf(text: string): bigint | null {
  let last: string | null = null;
  for (const [found] of text.matchAll(INT)) last = found;
  return last === null ? null : wholeNumber(last);
}

/**
 * The first list of the solution; without a solution, the one in the last match of `fallback`. Texts in it that are whole
 * numbers count as numbers. Throws `PythonRaises`.
 */
export function listIn(reply: string, fallback: RegExp): readonly Value[] | null {
  const solution = solutionIn(reply);
  if (solution !== null) return listOf(firstBrackets(solution));
  let last: string | null = null;
  for (const [found] of reply.matchAll(fallback)) last = found;
  return last === null ? null : listOf(firstBrackets(last));
}

function listOf(written: string | null): readonly Value[] | null {
  if (written === null) return null;
  if (written.length > MOST_LIST_CHARS) return longListOf(written);
  const json = loadsJson(written);
  const list = json === null ? literalList(written) : json.value;
  return Array.isArray(list) ? (withInts(list as readonly Value[]) as readonly Value[]) : null;
}

function longListOf(written: string): readonly Value[] {
  const list = numbersIn(written);
  if (list === null) throw new PythonRaises();
  return list;
}

function withInts(value: Value): Value {
  if (Array.isArray(value)) return value.map((item) => withInts(item as Value));
  return typeof value === "string" ? (intOf(value) ?? value) : value;
}

/** From the first `[` to the `]` that closes it. */
function firstBrackets(text: string): string | null {
  const start = text.indexOf("[");
  if (start < 0) return null;
  let depth = 0;
  for (let i = start; i < text.length; i += 1) {
    if (text[i] === "[") depth += 1;
    else if (text[i] === "]") depth -= 1;
    if (depth === 0) return text.slice(start, i + 1);
  }
  return null;
}

/** The last list that is in no other. */
function lastBrackets(text: string): string | null {
  let [depth, start] = [0, 0];
  let last: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === "[") {
      if (depth === 0) start = i;
      depth += 1;
    } else if (text[i] === "]" && depth > 0) {
      depth -= 1;
      if (depth === 0) last = text.slice(start, i + 1);
    }
  }
  return last;
}

/** Whether the object that ends last in the solution, or else in the reply, is the one given. Throws `PythonRaises`. */
export function hasObject(reply: string, gold: Value): boolean {
  const text = solutionIn(reply) ?? reply;
  const json = new JsonAt(text);
  let [last, end] = [null as Value, -1];
  for (const { index: at } of text.matchAll(OBJECT_BEGINS)) {
    const parsed = json.read(at);
    if (parsed !== null && parsed.end > end) [last, end] = [parsed.value, parsed.end];
  }
  return end >= 0 && isEqual(last, gold);
}

/**
 * The whole numbers of a list in the solution, or else in the reply; they may also stand without brackets. Without brackets, more
 * than `most` are as good as none, and an empty list stands for them. Throws `PythonRaises`.
 */
export function intsIn(reply: string, most: number): readonly bigint[] | null {
  const solution = solutionIn(reply);
  const [first, last] = [solution === null ? null : firstBrackets(solution), lastBrackets(reply)];
  const asked = solution === null ? null : (intsInList(first) ?? intsOfChain(lastChain(solution), most));
  // Nothing is read twice: the same list, and the solution, which holds no chain if it comes to the last one.
  const before = solution === null ? reply : reply.slice(0, reply.lastIndexOf(solution));
  return asked ?? intsInList(last === first ? null : last) ?? intsOfChain(lastChain(before), most);
}

/** The whole numbers of a gold answer, which is a list or a text of numbers with commas. */
export function intsOf(answer: Value): readonly bigint[] | null {
  if (Array.isArray(answer)) return intsOfList(answer as readonly Value[]);
  if (typeof answer !== "string") return null;
  return intsOfList(listOf(firstBrackets(answer))) ?? intsOfText(answer);
}

/** Of a long list, only one of whole numbers is read. */
function intsInList(written: string | null): readonly bigint[] | null {
  const isLong = written !== null && written.length > MOST_LIST_CHARS;
  return intsOfList(isLong ? numbersIn(written, 1) : listOf(written));
}

function intsOfList(list: readonly Value[] | null): readonly bigint[] | null {
  if (list === null || list.length === 0) return null;
  const ints: bigint[] = [];
  for (const item of list) {
    const isInt = typeof item === "string" && INT_ALONE.test(strip(item));
    if (typeof item !== "bigint" && !isInt) return null;
    ints.push(typeof item === "bigint" ? item : wholeNumber(strip(item)));
  }
  return ints;
}

function intsOfText(text: string): readonly bigint[] | null {
  const parts = text.split(",").map(strip);
  if (parts.length < 2 || !parts.every((part) => INT_ALONE.test(part))) return null;
  return parts.map(wholeNumber);
}

function intsOfChain(chain: Chain | null, most: number): readonly bigint[] | null {
  if (chain === null) return null;
  return chain.ints > most ? [] : intsOfText(chain.text);
}

interface Chain {
  readonly text: string;
  readonly ints: number;
}

/** The last stretch of two or more whole numbers with commas between them. */
function lastChain(text: string): Chain | null {
  const ints = new RegExp(INT);
  let last: readonly [start: number, end: number, ints: number] | null = null;
  let [start, end, count] = [0, -1, 0];
  for (let match = ints.exec(text); match !== null; match = ints.exec(text)) {
    COMMA.lastIndex = end;
    const follows = end >= 0 && COMMA.test(text) && COMMA.lastIndex === match.index;
    if (!follows) start = match.index;
    count = follows ? count + 1 : 1;
    end = match.index + match[0].length;
    if (follows) last = [start, end, count];
  }
  return last && { text: text.slice(last[0], last[1]), ints: last[2] };
}
