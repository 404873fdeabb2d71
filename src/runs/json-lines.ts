/** Reads files of JSON Lines, a line at a time. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { DataError } from "../errors.ts";

export interface JsonLine {
  readonly value: unknown;
  /** File and number of the line, for errors. */
  readonly where: string;
}

/**
 * Empty lines are passed over. Throws `DataError` for a line that is no JSON.
 *
 * @param cutOff what to do with a last line that a crash cut off: `pass` over it, or `refuse` the file by name and line
 */
export async function* readJsonLines(path: string, cutOff: "pass" | "refuse"): AsyncGenerator<JsonLine> {
  if (cutOff === "refuse" && (!existsSync(path) || !statSync(path).isFile()))
    throw new DataError(`${path}: there is no such file`);
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  let number = 0;
  let broken: string | null = null;
  for await (const line of lines) {
    number += 1;
    if (line === "") continue;
    if (broken !== null) throw new DataError(`${broken}: expected one JSON object a line`);
    const where = `${path}:${number}`;
    const value = parsed(line);
    if (value === undefined) broken = where;
    else yield { value, where };
  }
  if (broken !== null && cutOff === "refuse")
    throw new DataError(`${broken}: the last line is cut off in the middle; write it anew, or delete it`);
}

/** Undefined for what is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
