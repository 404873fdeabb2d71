/** A JSON array of objects, alone or under a name in one object, read one row at a time: LongBench keeps half a gigabyte in one. */
import { DataError } from "../../src/errors.ts";
import { expectRowLength, readBytes } from "./bytes.ts";
import { parseRow } from "./json-lines.ts";
import type { Row, RowOptions } from "./row.ts";

const STRUCTURE = /["\\{}[]/g;

/** The objects of a file that holds one array, or one object with one array in it, as `{"questions": [...]}`. */
export async function* readJsonArray(file: string, { onBadRow }: RowOptions = {}): AsyncGenerator<Row> {
  let number = 0;
  const cutOff = (error: DataError) => {
    if (!onBadRow) throw error;
    onBadRow(error);
  };
  for await (const bytes of objects(file, cutOff)) {
    number += 1;
    try {
      const row = parseRow(bytes, `${file} row ${number}`);
      if (row) yield row;
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
}

/** The bytes from each outermost `{` to its `}`. Looks only at the bytes that decide JSON's structure. */
async function* objects(file: string, cutOff: (error: DataError) => void): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  let depth = 0;
  let inString = false;
  let [isList, isWrapped, isOver] = [false, false, false];
  let offset = 0;
  let escapedAt = -1;
  for await (const chunk of readBytes(file)) {
    let start = 0;
    for (const { 0: char, index } of chunk.toString("latin1").matchAll(STRUCTURE)) {
      if (offset + index === escapedAt) continue;
      if (char === "\\") escapedAt = offset + index + 1;
      else if (char === '"') inString = !inString;
      else if (inString || isOver) continue;
      else if (char === "[") isList = true;
      else if (!isList && char === "{" && !isWrapped) isWrapped = true;
      else if (!isList) throw new DataError(`${file}: expected a JSON array of objects`);
      else if (char === "}" && depth === 0) isOver = true;
      else if (char === "{") {
        if (depth === 0) start = index;
        depth += 1;
      } else {
        depth -= 1;
        if (depth > 0) continue;
        yield Buffer.concat([...held, chunk.subarray(start, index + 1)]);
        [held, length] = [[], 0];
      }
    }
    if (depth > 0) {
      held.push(chunk.subarray(start));
      length += chunk.length - start;
      expectRowLength(length, `${file}: an object of the array`);
    }
    offset += chunk.length;
  }
  if (!isList) throw new DataError(`${file}: expected a JSON array of objects`);
  if (depth > 0) cutOff(new DataError(`${file}: the last object is cut off`));
  else if (isWrapped && !isOver) cutOff(new DataError(`${file}: the file is cut off after an object`));
}
