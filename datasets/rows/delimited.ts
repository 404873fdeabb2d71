/** CSV and TSV with a header line; quoted fields may hold line feeds. */
import { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { DataError, RLMError } from "../../src/errors.ts";
import { decodeUtf8, readBytes } from "./bytes.ts";
import type { Row, RowOptions } from "./row.ts";

/** The parser reads byte by byte, so an unclosed quotation mark must be noticed before gigabytes have passed. */
const MOST_CSV_ROW_BYTES = 64_000_000;

/** The rows of a file as text fields, under the names in the header. */
export async function* readDelimited(
  file: string,
  delimiter: "," | "\t",
  { onBadRow }: RowOptions = {},
): AsyncGenerator<Row> {
  const ending: { fault?: unknown } = {};
  const bytes = Readable.from(withoutMark(untilFault(readBytes(file), ending)));
  const parser = bytes.pipe(
    parse({
      encoding: null,
      record_delimiter: ["\r\n", "\n"],
      columns: (header: readonly unknown[]) => namesIn(header as readonly Buffer[], file),
      max_record_size: MOST_CSV_ROW_BYTES,
      delimiter,
      info: true,
      quote: delimiter === "," ? '"' : null,
      skip_empty_lines: true,
      ...(onBadRow && {
        skip_records_with_error: true,
        on_skip: (error?: CsvError) => {
          if (error) onBadRow(asDataError(file, error));
        },
      }),
    }),
  );
  let last: Row | null = null;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Cells; info: Info }>) {
      const row = decoded(record, `${file} line ${info.lines}`);
      if (!(row instanceof DataError)) {
        if (last) yield last;
        last = row;
      } else if (onBadRow) onBadRow(row);
      else throw row;
    }
    // If the bytes end in a fault, the last row may be damaged too.
    if ("fault" in ending) throw ending.fault;
    if (last) yield last;
  } catch (error) {
    if ("fault" in ending) throw ending.fault;
    throw error instanceof RLMError ? error : asDataError(file, error as CsvError);
  } finally {
    bytes.destroy();
    parser.destroy();
  }
}

function asDataError(file: string, error: CsvError): DataError {
  const line = typeof error.lines === "number" ? ` line ${error.lines}` : "";
  return new DataError(`${file}${line}: ${wordsOf(error)}`, { cause: error });
}

/** The parser's own messages show fields as bytes, since it is given bytes. */
function wordsOf({ code, message, column, record, columns }: CsvError): string {
  const field = typeof column === "string" ? ` of column "${column}"` : "";
  if (code === "CSV_INVALID_CLOSING_QUOTE")
    return `after the closing quotation mark of a field${field} there is more text; expected a delimiter or the end of the line`;
  if (code === "INVALID_OPENING_QUOTE")
    return `a quotation mark is inside a field${field} that does not begin with one; put the field in quotation marks and write the inner one twice`;
  if (code === "CSV_QUOTE_NOT_CLOSED") return `a quotation mark${field} is never closed`;
  if (code === "CSV_MAX_RECORD_SIZE")
    return `a row of more than ${MOST_CSV_ROW_BYTES} bytes (is a quotation mark open?)`;
  const isCount =
    code === "CSV_RECORD_INCONSISTENT_COLUMNS" || code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH";
  if (isCount && Array.isArray(record) && Array.isArray(columns))
    return `expected ${columns.length} fields, as the header has, and found ${record.length}`;
  return message.replaceAll(/\{"type":"Buffer","data":\[[\d,]*\]\}|<Buffer[^>]*>/g, "(a field)");
}

/** A second column of the same name would hide the first. */
function namesIn(header: readonly Buffer[], file: string): string[] {
  const names = header.map((name) => decodeUtf8(name, `${file}: the header`));
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw new DataError(`${file}: the header names the column "${twice}" twice`);
  return names;
}

type Cells = Readonly<Record<string, Buffer>>;

/** Invalid UTF-8 is an error, not a replacement character. */
function decoded(cells: Cells, origin: string): Row | DataError {
  const fields: Record<string, string> = {};
  for (const [column, bytes] of Object.entries(cells)) {
    try {
      fields[column] = UTF8.decode(bytes);
    } catch (error) {
      return new DataError(`${origin}: column "${column}": the bytes are not UTF-8`, { cause: error });
    }
  }
  return { origin, fields };
}

/** The chunks before a fault; the fault is kept aside, because the parser would drop whole rows if it saw it. */
async function* untilFault(chunks: AsyncIterable<Buffer>, ending: { fault?: unknown }) {
  try {
    yield* chunks;
  } catch (error) {
    ending.fault = error;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const MARK = Buffer.from("\ufeff");

/** The bytes after a byte-order mark, if one comes first. */
async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (held === null) {
      yield chunk;
      continue;
    }
    held = Buffer.concat([held, chunk]);
    if (held.length < MARK.length) continue;
    yield held.subarray(held.indexOf(MARK) === 0 ? MARK.length : 0);
    held = null;
  }
  if (held !== null) yield held;
}
