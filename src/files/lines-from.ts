/** Reads the whole lines of a file from a position on, as bytes with the position of each. */
import { createReadStream } from "node:fs";
import { DataError } from "../errors.ts";
import type { LineRange } from "./append-log.ts";

const LINE_END = 0x0a;
/** The longest line. A longer one could not be held as one string. */
const MOST_LINE_BYTES = 500_000_000;

/** A line without its line feed. Its position includes the line feed. */
export interface RangedLine extends LineRange {
  readonly line: Buffer;
}

/**
 * The lines between two byte positions. `start` must be the beginning of a line. A last line without its end is skipped, since it
 * may still be written. Throws `DataError` for a line that is too long, and errors of the file system.
 */
export async function* linesFrom(path: string, start: number, end: number): AsyncGenerator<RangedLine> {
  if (start >= end) return;
  let at = start;
  let waiting: Buffer[] = [];
  let held = 0;
  const pieces = createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 20 });
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    let from = 0;
    for (let to = piece.indexOf(LINE_END); to >= 0; to = piece.indexOf(LINE_END, from)) {
      const last = piece.subarray(from, to);
      const line = waiting.length === 0 ? last : Buffer.concat([...waiting, last]);
      const bytes = line.length + 1;
      yield { line, start: at, bytes };
      at += bytes;
      [waiting, held, from] = [[], 0, to + 1];
    }
    if (from === piece.length) continue;
    waiting.push(piece.subarray(from));
    held += piece.length - from;
    if (held > MOST_LINE_BYTES)
      throw new DataError(`${path}: the line at byte ${at} is longer than ${MOST_LINE_BYTES} bytes`);
  }
}
