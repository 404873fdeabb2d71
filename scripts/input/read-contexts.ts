/** Reads the texts that a question is about: files, or standard input. */
import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { DataError, UsageError } from "../../src/errors.ts";
import type { Context } from "../../src/types.ts";

const STANDARD_INPUT = "-";

/** One text as a string, several as a list. Throws `UsageError` for an unreadable file, `DataError` for one that is not text. */
export async function readContexts(
  files: readonly string[],
  input: Readable = process.stdin,
): Promise<Context> {
  if (files.filter((file) => file === STANDARD_INPUT).length > 1)
    throw new UsageError("--context: standard input can be read only once");
  const texts: string[] = [];
  for (const file of files) texts.push(await readText(file, input));
  const [only, ...more] = texts;
  return only !== undefined && more.length === 0 ? only : texts;
}

async function readText(file: string, input: Readable): Promise<string> {
  const name = file === STANDARD_INPUT ? "standard input" : file;
  const bytes = await readBytes(file, input).catch((error: Error) => {
    throw new UsageError(`--context: cannot read ${name}: ${error.message}`, { cause: error });
  });
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw new UsageError(
      `--context: ${name} has ${bytes.length} bytes; a text takes at most ${constants.MAX_STRING_LENGTH}. Give it in several files`,
    );
  if (bytes.length === 0) throw new DataError(`--context: ${name} is empty`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError(`--context: ${name} is not UTF-8 text`, { cause: error });
  }
}

function readBytes(file: string, input: Readable): Promise<Uint8Array> {
  return file === STANDARD_INPUT ? buffer(input) : readFile(file);
}
