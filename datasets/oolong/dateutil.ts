/**
 * The date that a text names by the rules of python-dateutil 2.9 (`parser.parse`), which OOLONG's scorer reads answers with: month
 * first where the numbers leave it open, names and ordinals in any order, and no word that is not known.
 */
import { asciiDigits } from "../python-text.ts";
import { DateParts, withCentury } from "./date-parts.ts";
import { Clock, type Taken } from "./dateutil-clock.ts";
import { dateTokens } from "./dateutil-tokens.ts";
import { halfOfDay, isJump, isMonth, isWeekday, timeUnit, zoneNamed } from "./dateutil-words.ts";

const NUMBER = /^\d+(?:\.\d+)?$/;
const DIGITS = /^\d+$/;

/** No date that anybody writes is longer; dateutil itself would read on. */
const MAX_DATE_CHARS = 1000;

/**
 * `YYYY-MM-DD`; null if dateutil raises, if the text names a time of day other than midnight or a zone, with neither of which
 * it is the same as a date, and if a part is missing, for which dateutil takes that of the day it runs on.
 */
export function readDate(text: string): string | null {
  if (text.length > MAX_DATE_CHARS) return null;
  const reading = { parts: new DateParts(), clock: new Clock(), tokens: dateTokens(asciiDigits(text)) };
  for (let i = 0; i < reading.tokens.length;) {
    const taken = readToken(reading, i);
    if (taken === null) return null;
    i += taken;
  }
  return reading.clock.isMidnight ? reading.parts.resolved() : null;
}

interface Reading {
  readonly parts: DateParts;
  readonly clock: Clock;
  readonly tokens: readonly string[];
}

/** How many tokens are read from this one on; null if the text is no date. */
function readToken(reading: Reading, i: number): Taken {
  const { parts, clock, tokens } = reading;
  const token = tokens[i]!;
  if (NUMBER.test(token)) return readNumber(reading, i);
  if (isWeekday(token)) return 1;
  if (isMonth(token)) return readMonth(parts, tokens.slice(i, i + 5));
  if (halfOfDay(token) !== null) return clock.addHalf(token) ? 1 : null;
  if (clock.hasHour && !clock.hasZone) {
    const zone = zoneNamed(token);
    if (zone === "utc") return null;
    if (zone === "unknown") {
      clock.hasZone = true;
      return 1;
    }
  }
  // After an hour a sign begins an offset, and a time with one is another than the date's.
  if (clock.hasHour && token === "-") return null;
  return isJump(token) ? 1 : null;
}

/** The same of a number and what belongs to it. */
function readNumber({ parts, clock, tokens }: Reading, i: number): Taken {
  const token = tokens[i]!;
  const next = tokens[i + 1];
  const { length } = token;
  if (isBareHour(token, next) && parts.size === 3 && !clock.hasHour)
    return clock.setCompact(token) ? 1 : null;
  if (length === 6 || (length > 6 && token.indexOf(".") === 6)) {
    if (parts.size > 0 || token.includes(".")) return clock.setCompact(token) ? 1 : null;
    return [0, 2, 4].every((at) => parts.addText(token.slice(at, at + 2))) ? 1 : null;
  }
  if (length === 8 || length === 12 || length === 14) {
    if (!DIGITS.test(token) || !parts.addText(token.slice(0, 4), true)) return null;
    if (!parts.addText(token.slice(4, 6)) || !parts.addText(token.slice(6, 8))) return null;
    return length === 8 || clock.setCompact(token.slice(8)) ? 1 : null;
  }
  const timed = clock.readUnit(tokens, i);
  if (timed !== undefined) return timed;
  if (next === ":" && tokens[i + 2] !== undefined) return clock.readColons(tokens.slice(i, i + 5));
  if (next === "-" || next === "/" || next === ".") return readParted(parts, tokens.slice(i, i + 5));
  const value = Number(token);
  if (next === undefined || isJump(next)) {
    const half = halfOfDay(tokens[i + 2]);
    if (half === null) return parts.addNumber(value) ? 2 : null;
    return clock.setHalf(Math.trunc(value), half) ? 3 : null;
  }
  const half = halfOfDay(next);
  if (half !== null && value < 24) return clock.setHalf(Math.trunc(value), half) ? 2 : null;
  return parts.couldBeDay(value) && parts.addNumber(value) ? 1 : null;
}

/** Whether two or four digits after a date are its hour, or its hour and minute. */
function isBareHour(token: string, next: string | undefined): boolean {
  return (token.length === 2 || token.length === 4) && next !== ":" && timeUnit(next) === null;
}

/** The parts of a date with one sign between them, from a number on. */
function readParted(parts: DateParts, tokens: readonly string[]): Taken {
  const [first, sign, second, sign2, third] = tokens as [string, string, ...(string | undefined)[]];
  if (!parts.addText(first)) return null;
  if (second === undefined || isJump(second)) return 2;
  if (!(DIGITS.test(second) ? parts.addText(second) : parts.addMonth(second))) return null;
  if (sign2 !== sign) return 3;
  if (third === undefined) return null;
  return (isMonth(third) ? parts.addMonth(third) : parts.addText(third)) ? 5 : null;
}

/** The same from a month's name on. */
function readMonth(parts: DateParts, tokens: readonly string[]): Taken {
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
