/** Reads a file of JSON that a flag names. */
import { readFileSync } from "node:fs";
import { DataError, UsageError } from "../../src/errors.ts";

/** The content, unchecked. Throws `UsageError` for a file that cannot be read, and `DataError` for one that is not JSON. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file}: cannot be read (${(error as Error).message})`, { cause: error });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DataError(`${file}: expected JSON (${(error as Error).message})`, { cause: error });
  }
}
