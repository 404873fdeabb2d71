/** Naive calendar dates, kept as `YYYY-MM-DD` so that they compare as text and know no time zone. */

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `Jan 06, 2023`, as lines show dates (`%b %d, %Y`). */
export function shortDate(date: string): string {
  const [year, month, day] = parts(date);
  return `${monthName(month).slice(0, 3)} ${two(day)}, ${year}`;
}

/** `01/06/2023`, as answers give dates. */
export function slashDate(date: string): string {
  const [year, month, day] = parts(date);
  return `${two(month)}/${two(day)}/${year}`;
}

/** `January 2023` of a date or of `YYYY-MM`. */
export function monthAndYear(date: string): string {
  const [year, month] = parts(date);
  return `${monthName(month)} ${year}`;
}

/** The English name of a month from 1 to 12. */
export function monthName(month: number): string {
  return MONTHS[month - 1] as string;
}

/** The date a number of days after another. */
export function addDays(date: string, days: number): string {
  const [year, month, day] = parts(date);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/** Days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/**
 * The date that a text names: `2023-01-06`, `01/06/2023` (day first if the first number cannot be a month), `Jan 6, 2023`,
 * `6 January 2023`; null for anything else, a day that does not exist, or a date with missing parts.
 */
export function parseDate(text: string): string | null {
  const clean = text.trim().replace(/\s+/g, " ");
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: 00:00:00)?$/.exec(clean);
  if (iso) return toDate(iso[1], iso[2], iso[3]);
  const slashed = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(clean);
  if (slashed)
    return Number(slashed[1]) > 12
      ? toDate(slashed[3], slashed[2], slashed[1])
      : toDate(slashed[3], slashed[1], slashed[2]);
  const named = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/i.exec(clean);
  if (named) return toDate(named[3], monthNumber(named[1]), named[2]);
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?,? (\d{4})$/i.exec(clean);
  return dayFirst ? toDate(dayFirst[3], monthNumber(dayFirst[2]), dayFirst[1]) : null;
}

/** 1 to 12 for a month's name or its first three letters, otherwise 0. */
export function monthNumber(name = ""): number {
  const wanted = name.toLowerCase();
  return (
    MONTHS.findIndex((month) => [month, month.slice(0, 3)].some((form) => form.toLowerCase() === wanted)) + 1
  );
}

function toDate(year: unknown, month: unknown, day: unknown): string | null {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists ? date.toISOString().slice(0, 10) : null;
}

function parts(date: string): [number, number, number] {
  const [year, month, day] = date.split("-").map(Number);
  return [year as number, month as number, day ?? 1];
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
