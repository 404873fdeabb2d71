/** Year, month and day of a text that python-dateutil reads: which number is which. */
import { isMonth, monthOf } from "./dateutil-words.ts";

/** Years of two digits lie within fifty years of this one; dateutil takes the year it runs in. */
const PIVOT_YEAR = 2026;
const DIGITS = /^\d+$/;

/** The numbers of a date in the order in which they came, and which of them are known to be the year or the month. */
export class DateParts {
  readonly #values: number[] = [];
  #year: number | null = null;
  #month: number | null = null;
  #hasCentury = false;

  get size(): number {
    return this.#values.length;
  }

  /** False, as of all that add, where it cannot be. */
  addMonth(word: string): boolean {
    if (!isMonth(word) || this.#month !== null) return false;
    this.#month = this.#values.length;
    this.#values.push(monthOf(word));
    return true;
  }

  /** Three digits and more are a year. */
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
  // The calendar comes round after 400 years.
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** A year of two digits in the century that is near. */
export function withCentury(year: number): number {
  if (year >= 100) return year;
  const near = year + Math.floor(PIVOT_YEAR / 100) * 100;
  if (near >= PIVOT_YEAR + 50) return near - 100;
  return near < PIVOT_YEAR - 50 ? near + 100 : near;
}
