/** The words that python-dateutil knows in a date; none of them cares for case, but for one way to write UTC. */
import { monthNumber } from "./calendar.ts";

/** What may stand between the parts of a date. */
const JUMPS = new Set(" |.|,|;|-|/|'|at|on|and|ad|m|t|of|st|nd|rd|th".split("|"));
const WEEKDAY =
  /^(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)$/i;
const TIME_UNITS: readonly RegExp[] = [/^(?:h|hours?)$/i, /^(?:m|minutes?)$/i, /^(?:s|seconds?)$/i];
const HALVES: readonly RegExp[] = [/^am?$/i, /^pm?$/i];
const UTC = /^(?:UTC|GMT|[Zz])$/;

/** Whether the token says nothing. */
export function isJump(token: string | undefined): boolean {
  return token !== undefined && JUMPS.has(token.toLowerCase());
}

/** Whether the token is a day of the week, whole or its first three letters. */
export function isWeekday(token: string): boolean {
  return WEEKDAY.test(token);
}

/** Whether the token is a month, whole, its first three letters, or `sept`. */
export function isMonth(token: string | undefined): boolean {
  return token !== undefined && token.length >= 3 && monthOf(token) > 0;
}

/** 1 to 12 for a month, else 0. */
export function monthOf(token: string): number {
  return token.toLowerCase() === "sept" ? 9 : monthNumber(token);
}

/** 0 for hours, 1 for minutes, 2 for seconds; null for what is no unit of time. */
export function timeUnit(token: string | undefined): number | null {
  return indexIn(TIME_UNITS, token);
}

/** 0 for the half of the day before noon, 1 for the other; null for neither. */
export function halfOfDay(token: string | undefined): number | null {
  return indexIn(HALVES, token);
}

/** Whether a token after an hour names a zone: `UTC` at its offset, another name of capitals at none that is known. */
export function zoneNamed(token: string): "utc" | "unknown" | null {
  if (UTC.test(token)) return "utc";
  return /^[A-Z]{1,5}$/.test(token) ? "unknown" : null;
}

function indexIn(forms: readonly RegExp[], token: string | undefined): number | null {
  const index = token === undefined ? -1 : forms.findIndex((form) => form.test(token));
  return index === -1 ? null : index;
}
