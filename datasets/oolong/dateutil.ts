/**
 * Reads the date that a text names by the rules of python-dateutil (`parser.parse`), which OOLONG's scorer uses on answers: month
 * first if the numbers leave it open, names and ordinals in any order, and no unknown word.
 */
import { monthNumber } from "./calendar.ts";
import { dateTokens } from "./dateutil-tokens.ts";

/** What may stand between the parts of a date. */
const JUMPS = new Set([
  " ",
  ".",
  ",",
  ";",
  "-",
  "/",
  "'",
  "at",
  "on",
  "and",
  "ad",
  "m",
  "t",
  "of",
  "st",
  "nd",
  "rd",
  "th",
]);
const WEEKDAY =
  /^(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)$/i;
const TIME_UNIT = /^(?:h|hours?|m|minutes?|s|seconds?)$/i;
const HALF_OF_DAY = /^[ap]m?$/i;
const NUMBER = /^\d+(?:\.\d*)?$/;
const DIGITS = /^\d+$/;
/** Years of two digits lie within fifty years of this one; dateutil takes the year it runs in. */
const PIVOT_YEAR = 2026;

/**
 * Returns `YYYY-MM-DD`. Returns null if dateutil raises, if the text names a time of day other than midnight, or if a part is
 * missing (dateutil would take that part from the current day).
 */
export function readDate(text: string): string | null {
  if (text.length > MAX_DATE_CHARS) return null;
  const parts = new DateParts();
  return readInto(parts, dateTokens(text)) ? parts.resolved() : null;
}

/** No real date is longer; dateutil itself would read on. */
const MAX_DATE_CHARS = 1000;

/** False if the text is not a date. */
function readInto(parts: DateParts, tokens: readonly string[]): boolean {
  for (let i = 0; i < tokens.length;) {
    const token = tokens[i]!;
    let taken: number | null = 1;
    if (NUMBER.test(token)) taken = readNumber(parts, tokens, i);
    else if (isMonth(token)) taken = readMonth(parts, tokens.slice(i, i + 5));
    else if (!WEEKDAY.test(token) && !isJump(token)) taken = null;
    if (taken === null) return false;
    i += taken;
  }
  return true;
}

/** How many tokens a number and its companions take; null if the text is not a date. */
function readNumber(parts: DateParts, tokens: readonly string[], i: number): number | null {
  const [token, next, third, fourth, fifth] = tokens.slice(i, i + 5) as [string, ...(string | undefined)[]];
  const { length } = token;
  const isTime = [next, next === " " ? third : undefined, tokens[i - 1]].some((unit) => isTimeUnit(unit));
  if (parts.size === 3 && !parts.hasHour && (length === 2 || length === 4) && !isTimeUnit(next))
    return parts.addMidnight(token) ? 1 : null;
  if (length === 6 && DIGITS.test(token) && parts.size === 0)
    return [0, 2, 4].every((at) => parts.addText(token.slice(at, at + 2))) ? 1 : null;
  if (length === 8 && DIGITS.test(token)) {
    const isYear = parts.addText(token.slice(0, 4), true);
    return isYear && parts.addText(token.slice(4, 6)) && parts.addText(token.slice(6)) ? 1 : null;
  }
  if ([6, 8, 12, 14].includes(length) || isTime) return null;
  if (next === "-" || next === "/" || next === ".") {
    if (!parts.addText(token)) return null;
    if (third === undefined || isJump(third)) return 2;
    if (!(DIGITS.test(third) ? parts.addText(third) : parts.addMonth(third))) return null;
    if (fourth !== next) return 3;
    return fifth !== undefined && (isMonth(fifth) ? parts.addMonth(fifth) : parts.addText(fifth)) ? 5 : null;
  }
  if (next === undefined || isJump(next))
    return !HALF_OF_DAY.test(third ?? "") && parts.addNumber(Number(token)) ? 2 : null;
  return parts.couldBeDay(Number(token)) && parts.addNumber(Number(token)) ? 1 : null;
}

/** The same for a month's name. */
function readMonth(parts: DateParts, tokens: readonly string[]): number | null {
  const [month, next, third, fourth, fifth] = tokens as [string, ...(string | undefined)[]];
  if (!parts.addMonth(month)) return null;
  if (next === "-" || next === "/") {
    if (third === undefined || !parts.addText(third)) return null;
    if (fourth !== next) return 3;
    return fifth !== undefined && parts.addText(fifth) ? 5 : null;
  }
  if (next !== " " || third?.toLowerCase() !== "of" || fourth !== " " || fifth === undefined) return 1;
  const isYear = !DIGITS.test(fifth) || parts.addText(String(withCentury(Number(fifth))), true);
  return isYear ? 5 : null;
}

function isJump(token: string): boolean {
  return JUMPS.has(token.toLowerCase());
}

function isTimeUnit(token: string | undefined): boolean {
  return TIME_UNIT.test(token ?? "");
}

function isMonth(word: string): boolean {
  return word.length >= 3 && (monthNumber(word) > 0 || word.toLowerCase() === "sept");
}

/** The numbers of a date in their order, and which of them are known to be the year or the month. */
class DateParts {
  readonly #values: number[] = [];
  #year: number | null = null;
  #month: number | null = null;
  #hasCentury = false;
  #hasHour = false;

  get size(): number {
    return this.#values.length;
  }

  get hasHour(): boolean {
    return this.#hasHour;
  }

  /** Like every `add` method, returns false if the value cannot be part of a date. */
  addMidnight(digits: string): boolean {
    this.#hasHour = true;
    return Number(digits) === 0;
  }

  addMonth(word: string): boolean {
    if (!isMonth(word) || this.#month !== null) return false;
    this.#month = this.#values.length;
    this.#values.push(monthNumber(word.slice(0, 3)));
    return true;
  }

  /** Three or more digits are a year. */
  addText(digits: string, isYear = digits.length > 2): boolean {
    return DIGITS.test(digits) && this.#add(Number(digits), isYear, digits.length > 2);
  }

  addNumber(value: number): boolean {
    return this.#add(Math.trunc(value), value > 100, value > 100);
  }

  #add(value: number, isYear: boolean, hasCentury: boolean): boolean {
    if (isYear && this.#year !== null) return false;
    if (isYear) this.#year = this.#values.length;
    this.#hasCentury ||= hasCentury;
    this.#values.push(value);
    return true;
  }

  couldBeDay(value: number): boolean {
    const month = this.#month === null ? 1 : this.#values[this.#month]!;
    const year = this.#month === null || this.#year === null ? 2000 : this.#values[this.#year]!;
    return value >= 1 && value <= daysOf(year, month);
  }

  resolved(): string | null {
    const parts = this.#inOrder();
    if (!parts) return null;
    const [year, month, day] = parts;
    const whole = this.#hasCentury ? year : withCentury(year);
    if (whole < 1 || whole > 9999 || month < 1 || month > 12 || day < 1 || day > daysOf(whole, month))
      return null;
    const two = (value: number) => String(value).padStart(2, "0");
    return `${String(whole).padStart(4, "0")}-${two(month)}-${two(day)}`;
  }

  /** Year, month and day. */
  #inOrder(): readonly [number, number, number] | null {
    const [a, b, c, ...more] = this.#values;
    if (a === undefined || b === undefined || c === undefined || more.length > 0) return null;
    if (this.#year !== null && this.#month !== null) {
      const day = this.#values[3 - this.#year - this.#month]!;
      return [this.#values[this.#year]!, this.#values[this.#month]!, day];
    }
    if (this.#month === 0) return b > 31 ? [b, a, c] : [c, a, b];
    if (this.#month === 1) return a > 31 ? [a, b, c] : [c, b, a];
    if (this.#month === 2) return b > 31 ? [b, c, a] : [a, c, b];
    if (a > 31 || this.#year === 0) return [a, b, c];
    return a > 12 ? [c, b, a] : [c, a, b];
  }
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? year + 2000 : year, month, 0)).getUTCDate();
}

function withCentury(year: number): number {
  if (year >= 100) return year;
  const near = year + Math.floor(PIVOT_YEAR / 100) * 100;
  if (near >= PIVOT_YEAR + 50) return near - 100;
  return near < PIVOT_YEAR - 50 ? near + 100 : near;
}
