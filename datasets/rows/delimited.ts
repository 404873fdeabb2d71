/** CSV and TSV with a header line; quoted fields may hold line feeds. */
import { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { DataError, RLMError } from "../../src/errors.ts";
import { readBytes } from "./bytes.ts";
import type { Row, RowOptions } from "./row.ts";

/** The rows of a file as text fields by the header's names. */
export async function* readDelimited(
  file: string,
  delimiter: "," | "\t",
  { onBadRow }: RowOptions = {},
): AsyncGenerator<Row> {
  const text = Readable.from(decoded(file));
  const parser = text.pipe(
    parse({
      bom: true,
      record_delimiter: ["\r\n", "\n"],
      columns: true,
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
  text.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Row["fields"]; info: Info }>)
      yield { place: `${file} line ${info.lines}`, fields: record };
  } catch (error) {
    throw error instanceof RLMError ? error : asDataError(file, error as CsvError);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

function asDataError(file: string, error: CsvError): DataError {
  const line = typeof error.lines === "number" ? ` line ${error.lines}` : "";
  return new DataError(`${file}${line}: ${error.message}`, { cause: error });
}

/** The file's text; a break in the UTF-8 is an error, not a replacement character. */
async function* decoded(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let offset = 0;
  try {
    for await (const chunk of readBytes(file)) {
      yield decoder.decode(chunk, { stream: true });
      offset += chunk.length;
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError(`${file}: the bytes from ${offset} on are no UTF-8`, { cause: error });
  }
}
