/** The time of day in a text that python-dateutil reads. Of all times only midnight is a date. */
import { halfOfDay, timeUnit } from "./dateutil-words.ts";

const DIGITS = /^\d+$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;

/** How many tokens were read; null if the text is no date. */
export type Taken = number | null;

/** Hour, minute, second and what is below, each null until it is given. */
export class Clock {
  #hour: number | null = null;
  #minute: number | null = null;
  #second: number | null = null;
  #fraction = 0;
  /** Whether a zone was named whose offset nobody knows: dateutil takes no notice of it. */
  hasZone = false;

  get hasHour(): boolean {
    return this.#hour !== null;
  }

  get isMidnight(): boolean {
    return [this.#hour, this.#minute, this.#second, this.#fraction].every((part) => (part ?? 0) === 0);
  }

  /** `HH`, `HHMM`, `HHMMSS` or `HHMMSS.FF`; false, as of all that set, where it cannot be. */
  setCompact(text: string): boolean {
    const [hour, minute, second] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)];
    if (!DIGITS.test(hour) || (minute !== "" && !DIGITS.test(minute))) return false;
    this.#hour = Number(hour);
    if (minute !== "") this.#minute = Number(minute);
    return second === "" || this.#setSecond(second);
  }

  /** `HH:MM` and `HH:MM:SS`, from the token of the hour on. */
  readColons([hour, , minute, colon, second]: readonly (string | undefined)[]): Taken {
    if (!DECIMAL.test(minute ?? "")) return null;
    this.#hour = Math.trunc(Number(hour));
    this.#setMinute(Number(minute));
    if (colon !== ":" || second === undefined) return 3;
    return this.#setSecond(second) ? 5 : null;
  }

  /** A number with a unit beside it, such as `0h`; undefined if it has none. */
  readUnit(tokens: readonly string[], i: number): Taken | undefined {
    const at = unitBeside(tokens, i);
    if (at === null) return undefined;
    const unit = timeUnit(tokens[at])!;
    const isSet = this.#setUnit(at > i ? unit : unit + 1, tokens[i]!);
    return isSet ? Math.max(1, at - i + 1) : null;
  }

  /** An hour with the half of the day after it. */
  setHalf(hour: number, half: number): boolean {
    this.#hour = half === 1 && hour < 12 ? hour + 12 : half === 0 && hour === 12 ? 0 : hour;
    return true;
  }

  /** The half of the day, of an hour that was given before. */
  addHalf(token: string): boolean {
    if (this.#hour === null || this.#hour > 12) return false;
    return this.setHalf(this.#hour, halfOfDay(token)!);
  }

  #setUnit(unit: number, text: string): boolean {
    const value = Number(text);
    if (unit === 2) return this.#setSecond(text);
    if (unit === 1) this.#setMinute(value);
    if (unit === 0) {
      this.#hour = Math.trunc(value);
      if (value % 1 !== 0) this.#minute = Math.trunc((value % 1) * 60);
    }
    return true;
  }

  #setMinute(value: number): void {
    this.#minute = Math.trunc(value);
    this.#second = value % 1 === 0 ? null : Math.trunc((value % 1) * 60);
  }

  #setSecond(text: string): boolean {
    if (!DECIMAL.test(text)) return false;
    const [whole = "", fraction = ""] = text.split(".");
    this.#second = Number(whole);
    this.#fraction = Number(fraction.padEnd(6, "0").slice(0, 6));
    return true;
  }
}

/** Where the unit of a number is: after it, with a space or none between, or before it, where the unit of the number is the next. */
function unitBeside(tokens: readonly string[], i: number): number | null {
  const isUnit = (at: number) => timeUnit(tokens[at]) !== null;
  if (isUnit(i + 1)) return i + 1;
  if (tokens[i + 1] === " " && isUnit(i + 2)) return i + 2;
  if (isUnit(i - 1)) return i - 1;
  return i > 1 && i === tokens.length - 1 && tokens[i - 1] === " " && isUnit(i - 2) ? i - 2 : null;
}
