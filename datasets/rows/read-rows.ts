/** Reads the rows of a data file in the format that its name indicates. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { DataError, UsageError } from "../../src/errors.ts";
import { readDelimited } from "./delimited.ts";
import { readJsonArray } from "./json-array.ts";
import { readJsonLines } from "./json-lines.ts";
import type { Row, RowOptions } from "./row.ts";
import { readTrec } from "./trec.ts";

type Reader = (file: string, options: RowOptions) => AsyncIterable<Row>;

const READERS: Readonly<Record<string, Reader>> = {
  parquet: readParquetFile,
  jsonl: filtered(readJsonLines),
  ndjson: filtered(readJsonLines),
  json: filtered(readJsonArray),
  csv: filtered((file, options) => readDelimited(file, ",", options)),
  tsv: filtered((file, options) => readDelimited(file, "\t", options)),
  label: filtered(readTrec),
};

/**
 * The rows of the files, one file after the other. Throws `UsageError` for a name without a known ending, `DataError`
 * if no file has a row. If bad rows are skipped, the damaged rest of a file counts as one bad row.
 */
export async function* readRows(files: readonly string[], options: RowOptions = {}): AsyncGenerator<Row> {
  if (files.length === 0) throw new UsageError("expected at least one data file");
  const readers = files.map((file) => [file, readerOf(file)] as const);
  let isEmpty = true;
  let fault: DataError | null = null;
  const seeing = watched(options, () => {
    isEmpty = false;
  });
  for (const [file, reader] of readers)
    try {
      for await (const row of reader(file, seeing)) {
        isEmpty = false;
        yield row;
      }
    } catch (error) {
      if (!(error instanceof DataError) || !options.onBadRow) throw error;
      fault = error;
      options.onBadRow(error);
    }
  if (isEmpty) throw fault ?? new DataError(`${files.join(", ")}: expected at least one row`);
}

/** The options, with a call for each row that is skipped. */
function watched({ where, onBadRow, ...rest }: RowOptions, see: () => void): RowOptions {
  const keep = (row: Row) => {
    see();
    return where!.keep(row);
  };
  const bad = (error: DataError) => {
    see();
    onBadRow!(error);
  };
  return { ...rest, ...(where && { where: { ...where, keep } }), ...(onBadRow && { onBadRow: bad }) };
}

/** Its reader is loaded with the first such file, since it is large and most commands read none. */
async function* readParquetFile(file: string, options: RowOptions): AsyncGenerator<Row> {
  const { readParquet } = await import("./parquet.ts");
  yield* readParquet(file, options);
}

/** A format that is read row by row filters its rows after reading them. */
function filtered(reader: Reader): Reader {
  return async function* (file, options) {
    const { where, onBadRow } = options;
    for await (const row of reader(file, options)) {
      const missing = where?.columns.find((column) => !(column in row.fields));
      if (missing === undefined) {
        if (where?.keep(row) ?? true) yield row;
        continue;
      }
      const error = new DataError(`${row.origin}: no column "${missing}"; the columns are ${columnsOf(row)}`);
      if (!onBadRow) throw error;
      onBadRow(error);
    }
  };
}

function columnsOf({ fields }: Row): string {
  return Object.keys(fields).join(", ");
}

/** Whether a file's name indicates a format that can be read. */
export function isDataFile(file: string): boolean {
  return formatOf(file) !== null;
}

function readerOf(file: string): Reader {
  const format = formatOf(file) ?? formatWithin(file);
  if (format !== null) return READERS[format] as Reader;
  throw new UsageError(
    `${file}: unknown format; expected a name ending in .${Object.keys(READERS).join(", .")}`,
  );
}

function formatOf(file: string): string | null {
  const ending = /\.(\w+)(?:\.gz)?$/.exec(file)?.[1]?.toLowerCase() ?? "";
  const isPackedParquet = ending === "parquet" && file.endsWith(".gz");
  return Object.hasOwn(READERS, ending) && !isPackedParquet ? ending : null;
}

const HEAD_BYTES = 65_536;

/** The format of a file without an ending, by its first bytes; null if the file has an ending, or its format is unknown. */
function formatWithin(file: string): string | null {
  if (extname(file) !== "" || !existsSync(file)) return null;
  if (!statSync(file).isFile())
    throw new UsageError(
      `${file}: expected a file, whose first bytes show its format; save what the pipe holds under a name such as rows.jsonl`,
    );
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
  closeSync(descriptor);
  const [first = ""] = head
    .toString("utf8", 0, length)
    .replace(/^\ufeff/, "")
    .trimStart()
    .split("\n", 1);
  if (first.startsWith("PAR1")) return "parquet";
  if (first.startsWith("{")) return "jsonl";
  if (first.startsWith("[")) return "json";
  if (first.includes("\t")) return "tsv";
  return first.includes(",") ? "csv" : null;
}
