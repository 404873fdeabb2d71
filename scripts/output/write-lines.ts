/** Writes a JSON Lines file in one step, so that nobody ever sees half of it, however large it is. */
import { createWriteStream, existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { RLMError, UsageError } from "../../src/errors.ts";
import { beginTemporary, endTemporary } from "../../src/files/temporaries.ts";

/** Compresses if the name ends in `.gz`. Throws `UsageError` if the file exists. */
export async function writeLines<Item>(
  file: string,
  rows: Iterable<Item> | AsyncIterable<Item>,
  lineOf: (row: Item) => string = JSON.stringify,
): Promise<void> {
  if (existsSync(file)) throw new UsageError(`--out ${file}: the file exists already`);
  const temporary = beginTemporary(file);
  const sink = createWriteStream(temporary, { flags: "wx" });
  const lines = Readable.from(linesOf(rows, lineOf));
  try {
    await (file.endsWith(".gz") ? pipeline(lines, createGzip(), sink) : pipeline(lines, sink));
    await rename(temporary, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined
      ? error
      : new RLMError(`--out ${file}: cannot be written (${message})`, { cause: error });
  } finally {
    await endTemporary(temporary);
  }
}

async function* linesOf<Item>(
  rows: Iterable<Item> | AsyncIterable<Item>,
  lineOf: (row: Item) => string,
): AsyncGenerator<string> {
  for await (const row of rows) yield `${lineOf(row)}\n`;
}
