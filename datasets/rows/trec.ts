/** TREC's question classes as their authors publish them: `COARSE:fine question`, a question a line. */
import { DataError } from "../../src/errors.ts";
import { decodeUtf8 } from "./bytes.ts";
import { lines } from "./json-lines.ts";
import type { Row, RowOptions } from "./row.ts";

/** The names that OOLONG's questions over `trec_coarse` give the classes. */
const CLASSES: Readonly<Record<string, string>> = {
  ABBR: "abbreviation",
  DESC: "description and abstract concept",
  ENTY: "entity",
  HUM: "human being",
  LOC: "location",
  NUM: "numeric value",
};
const LINE = /^([A-Z]+):(\S+)\s+(\S.*)$/s;

/** The rows of a file as `text`, `label` (the coarse class by its name) and `fine`. */
export async function* readTrec(file: string, { onBadRow }: RowOptions = {}): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of lines(file)) {
    number += 1;
    try {
      const row = rowOf(line, `${file} line ${number}`);
      if (row) yield row;
    } catch (error) {
      if (!(error instanceof DataError) || !onBadRow) throw error;
      onBadRow(error);
    }
  }
}

function rowOf(bytes: Uint8Array, place: string): Row | null {
  const line = decodeUtf8(bytes, place).trim();
  if (line === "") return null;
  const [, coarse = "", fine, text] = LINE.exec(line) ?? [];
  if (Object.hasOwn(CLASSES, coarse)) return { place, fields: { text, label: CLASSES[coarse], fine } };
  const known = Object.keys(CLASSES).join(", ");
  throw new DataError(
    `${place}: expected COARSE:fine and a question, with one of ${known}, got ${JSON.stringify(line.slice(0, 40))}`,
  );
}
