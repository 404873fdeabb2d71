/** JSON Lines, one line at a time: lines may be many megabytes long, and files larger than memory. */
import { isUtf8 } from "node:buffer";
import { DataError } from "../../src/errors.ts";
import { parsePythonJson } from "../../src/files/python-json.ts";
import { expectRowLength, readBytes } from "./bytes.ts";
import type { Row, RowOptions } from "./row.ts";

const LINE_FEED = 10;
/** Marks a number that is not finite during the search for it. */
const NOT_FINITE = "\ue000not finite";

/** The objects of a file, one per line; empty lines are skipped. */
export async function* readJsonLines(file: string, { onBadRow }: RowOptions = {}): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of lines(file)) {
    number += 1;
    try {
      const row = parseRow(line, `${file} line ${number}`);
      if (row) yield row;
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
}

/** The row of an object's bytes, or null if there is only white space. Throws `DataError` that names the origin. */
export function parseRow(bytes: Uint8Array, origin: string): Row | null {
  if (!isUtf8(bytes)) throw new DataError(`${origin}:${columnOfBreak(bytes)} the bytes are not UTF-8`);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return null;
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    const column = notFiniteIn(text);
    if (column !== null)
      throw new DataError(
        `${origin}: column "${column}": NaN and Infinity are not JSON; expected null or a number`,
        {
          cause: error,
        },
      );
    throw new DataError(`${origin}: expected a JSON object (${(error as Error).message})`, { cause: error });
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new DataError(`${origin}: expected a JSON object`);
  return { origin, fields: fields as Row["fields"] };
}

/** The first column with a number that is not finite, in a row that is otherwise JSON; null if the row is not. */
function notFiniteIn(text: string): string | null {
  try {
    const [found] = Object.entries(parsePythonJson(text, NOT_FINITE) as object).find(([, value]) =>
      JSON.stringify(value).includes(NOT_FINITE),
    ) ?? [null];
    return found;
  } catch {
    return null;
  }
}

/** Names the column that holds a replacement character, if the rest of the row can be read. */
function columnOfBreak(bytes: Uint8Array): string {
  try {
    const cells = Object.entries(JSON.parse(new TextDecoder().decode(bytes)) as object);
    const broken = cells.find((cell) => JSON.stringify(cell).includes("\ufffd"));
    return broken ? ` column "${broken[0]}":` : "";
  } catch {
    return "";
  }
}

/** The bytes of each line, including a last one without a line feed. */
export async function* lines(file: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of readBytes(file)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...held, chunk.subarray(start, end)]);
      [held, length] = [[], 0];
      number += 1;
      start = end + 1;
    }
    held.push(chunk.subarray(start));
    length += chunk.length - start;
    expectRowLength(length, `${file} line ${number}`);
  }
  yield Buffer.concat(held);
}
