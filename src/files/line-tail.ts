/** Reads a growing JSONL file incrementally: each look reads only the new lines. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { DataError } from "../errors.ts";

const LINE_END = 0x0a;
/** A longer line could not be held as one text. */
const MOST_LINE_BYTES = 500_000_000;

/** The tail of one file. */
export class LineTail {
  readonly #path: string;
  #offset = 0;
  #file = "";

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Calls `take` with each new whole line. If the file was replaced or is shorter than before, calls `restart` and reads it from
   * the beginning. A line without its end waits for the next look. A missing file has no lines. Throws
   * `DataError` for a folder and for a line of more than 500 MB.
   */
  async read(take: (line: string) => void, restart: () => void): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    if (found === null) return;
    if (!found.isFile()) throw new DataError(`${this.#path}: expected a file`);
    const file = `${found.dev} ${found.ino}`;
    if (file !== this.#file || found.size < this.#offset) {
      if (this.#file !== "") restart();
      [this.#file, this.#offset] = [file, 0];
    }
    if (found.size === this.#offset) return;
    let rest: Buffer[] = [];
    let held = 0;
    const pieces = createReadStream(this.#path, { start: this.#offset, end: found.size - 1 });
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = piece.indexOf(LINE_END); end >= 0; end = piece.indexOf(LINE_END, start)) {
        const line = Buffer.concat([...rest, piece.subarray(start, end)]);
        [rest, held, start] = [[], 0, end + 1];
        this.#offset += line.length + 1;
        if (line.length > 0) take(line.toString("utf8"));
      }
      if (start < piece.length) rest.push(piece.subarray(start));
      held += piece.length - start;
      if (held > MOST_LINE_BYTES)
        throw new DataError(`${this.#path}: it has a line of more than ${MOST_LINE_BYTES} bytes`);
    }
  }
}
