/** Reads JSON Lines files line by line. */
import { isUtf8 } from "node:buffer";
import { createReadStream, existsSync, statSync } from "node:fs";
import { DataError } from "../errors.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "./json-depth.ts";

/** One parsed line. */
export interface JsonLine {
  readonly value: unknown;
  /** The file and line number, for errors. */
  readonly where: string;
}

/**
 * Reads the values of a file, and skips empty lines. Throws `DataError` for a line that is not JSON or nests too deeply.
 *
 * @param cutOff what to do with a last line that a crash cut off: `pass` skips it, and `refuse` throws `DataError`
 */
export async function* readJsonLines(path: string, cutOff: "pass" | "refuse"): AsyncGenerator<JsonLine> {
  if (cutOff === "refuse" && (!existsSync(path) || !statSync(path).isFile()))
    throw new DataError(`${path}: there is no such file`);
  let number = 0;
  let broken: string | null = null;
  for await (const line of textLines(path)) {
    number += 1;
    if (line === "" || line === "\r") continue;
    if (broken !== null) throw new DataError(`${broken}: expected one JSON object a line`);
    const where = `${path}:${number}`;
    const value = parsed(line);
    if (value === undefined) broken = where;
    else if (isNestedTooDeeply(value))
      throw new DataError(`${where}: it is nested deeper than ${MOST_LEVELS} levels`);
    else yield { value, where };
  }
  if (broken !== null && cutOff === "refuse")
    throw new DataError(`${broken}: the last line is cut off in the middle; write it anew, or delete it`);
}

const LINE_END = 0x0a;

/** The longest line. A longer one could not be held as one string, and is refused before it is read. */
const MOST_LINE_BYTES = 500_000_000;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The lines of a UTF-8 file, without a byte-order mark. It splits bytes, which is several times as fast as `node:readline`, which
 * splits decoded text. Throws `DataError` for a line that is too long.
 *
 * @param onOtherBytes is called before a line whose bytes are not UTF-8, with its number; it has replacement characters
 */
export async function* textLines(
  path: string,
  mostBytes = MOST_LINE_BYTES,
  onOtherBytes: (number: number) => void = () => {},
): AsyncGenerator<string> {
  let number = 0;
  for await (const bytes of lineBytes(path, mostBytes)) {
    if (!isUtf8(bytes)) onOtherBytes(number + 1);
    const text = bytes.toString("utf8");
    yield number === 0 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    number += 1;
  }
}

/** Throws `DataError` if the file cannot be read. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new DataError(`${path}: cannot be read (${(error as Error).message})`, { cause: error });
  }
}

async function* lineBytes(path: string, mostBytes: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let held = 0;
  let number = 1;
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, start)) {
      const last = chunk.subarray(start, end);
      yield waiting.length === 0 ? last : Buffer.concat([...waiting, last]);
      [waiting, held] = [[], 0];
      number += 1;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    waiting.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > mostBytes)
      throw new DataError(`${path}:${number}: the line is longer than ${mostBytes} bytes`);
  }
  if (waiting.length > 0) yield Buffer.concat(waiting);
}

/** The value of a line; undefined if it is not JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
