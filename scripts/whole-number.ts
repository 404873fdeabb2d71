/** The check of a flag that counts something. */
import { UsageError } from "../src/errors.ts";

/** Throws `UsageError` that names the flag. */
export function wholeNumber(value: number, flag: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${flag}: expected a whole number of at least ${least}, got ${value}`);
}
