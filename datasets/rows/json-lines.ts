/** JSON Lines, a line at a time: lines may be many megabytes long, and files far beyond memory. */
import { isUtf8 } from "node:buffer";
import { DataError } from "../../src/errors.ts";
import { readBytes } from "./bytes.ts";
import type { Row, RowOptions } from "./row.ts";

const LINE_FEED = 10;

/** The objects of a file, one a line; empty lines are passed over. */
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

/** The row of an object's bytes, or null where there is white space alone. Throws `DataError` with the place. */
export function parseRow(bytes: Uint8Array, place: string): Row | null {
  if (!isUtf8(bytes)) throw new DataError(`${place}:${columnOfBreak(bytes)} the bytes are no UTF-8`);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return null;
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${place}: expected a JSON object (${(error as Error).message})`, { cause: error });
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw new DataError(`${place}: expected a JSON object`);
  return { place, fields: fields as Row["fields"] };
}

/** Says which column holds a replacement character, where the rest of the row can be read. */
function columnOfBreak(bytes: Uint8Array): string {
  try {
    const cells = Object.entries(JSON.parse(new TextDecoder().decode(bytes)) as object);
    const broken = cells.find((cell) => JSON.stringify(cell).includes("\ufffd"));
    return broken ? ` column "${broken[0]}":` : "";
  } catch {
    return "";
  }
}

/** The bytes of each line, the last one too where no line feed ends it. */
export async function* lines(file: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  for await (const chunk of readBytes(file)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...held, chunk.subarray(start, end)]);
      held = [];
      start = end + 1;
    }
    held.push(chunk.subarray(start));
  }
  yield Buffer.concat(held);
}
