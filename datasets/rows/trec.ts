/** TREC's question classes as their authors publish them: `COARSE:fine question`, one question per line. */
import { DataError } from "../../src/errors.ts";
import { decodeUtf8 } from "./bytes.ts";
import { lines } from "./json-lines.ts";
import type { Row, RowOptions } from "./row.ts";

/** The class names that OOLONG's questions over `trec_coarse` use. */
const CLASSES: Readonly<Record<string, string>> = {
  ABBR: "abbreviation",
  DESC: "description and abstract concept",
  ENTY: "entity",
  HUM: "human being",
  LOC: "location",
  NUM: "numeric value",
};
const LINE = /^([A-Z]+):(\S+)\s+(\S.*)$/s;

/** The rows of a file as `text`, `label` (the coarse class's name) and `fine`. */
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

function rowOf(bytes: Uint8Array, origin: string): Row | null {
  const line = decodeUtf8(bytes, origin).trim();
  if (line === "") return null;
  const [, coarse = "", fine, text] = LINE.exec(line) ?? [];
  if (Object.hasOwn(CLASSES, coarse)) return { origin, fields: { text, label: CLASSES[coarse], fine } };
  const known = Object.keys(CLASSES).join(", ");
  throw new DataError(
    `${origin}: expected COARSE:fine and a question, with one of ${known}, got ${JSON.stringify(line.slice(0, 40))}`,
  );
}
