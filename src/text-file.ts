/** A text file as the context of a task: a text of any length, of which nothing is loaded. */
import { createHash } from "node:crypto";
import { isAscii } from "node:buffer";
import { closeSync, createReadStream, openSync, readFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { DataError, UsageError } from "./errors.ts";

/** The most bytes that become a string, or that are held in memory, at once. */
export const MOST_LOADED = 2 ** 28;
/** Bytes that are read at once while a file is measured. */
const PIECE_BYTES = 2 ** 22;

/**
 * A UTF-8 file that a task has as its context, as if its text was the context. A long one is a lazy text in Python. Whoever makes a
 * task of it keeps the file where it is, and as it is.
 */
export class TextFile {
  readonly path: string;
  readonly bytes: number;
  /** Characters, as Python counts them. */
  readonly chars: number;
  /** Of the bytes. */
  readonly sha256: string;

  private constructor(path: string, { bytes, chars, sha256 }: Pick<TextFile, "bytes" | "chars" | "sha256">) {
    this.path = path;
    this.bytes = bytes;
    this.chars = chars;
    this.sha256 = sha256;
  }

  /** Reads the file once, to measure it. Throws `DataError` if it cannot be read. */
  static async open(path: string): Promise<TextFile> {
    const measured = new Measured();
    try {
      for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }))
        measured.add(piece as Buffer);
    } catch (error) {
      throw new DataError(`${path}: expected a text file: ${(error as Error).message}`, { cause: error });
    }
    return new TextFile(resolve(path), measured.end());
  }

  /** Writes a new file, block by block, and measures it on the way. Throws errors of the file system. */
  static write(path: string, blocks: Iterable<Buffer>): TextFile {
    const measured = new Measured();
    const file = openSync(path, "wx");
    try {
      for (const block of blocks) {
        for (let at = 0; at < block.length;) at += writeSync(file, block, at);
        measured.add(block);
      }
    } finally {
      closeSync(file);
    }
    return new TextFile(resolve(path), measured.end());
  }

  /** All of it. Throws `UsageError` for more than 256 MiB, and `DataError` if the file is gone or has another size. */
  load(): Buffer {
    if (this.bytes > MOST_LOADED)
      throw new UsageError(
        `${this.path}: a text of ${this.bytes} bytes is read where it stands, by Python's lazy text; at most ${MOST_LOADED} can be loaded`,
      );
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path);
    } catch (error) {
      throw new DataError(`${this.path}: expected a text file: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (bytes.length === this.bytes) return bytes;
    throw new DataError(`${this.path}: expected ${this.bytes} bytes, as it had; found ${bytes.length}`);
  }
}

/** Counts and hashes the bytes of a text as they come. */
class Measured {
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #chars = 0;

  add(piece: Buffer): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    for (let at = 0; at < piece.length; at += LOOKED_AT)
      this.#chars += beginningsIn(piece.subarray(at, at + LOOKED_AT));
  }

  end(): Pick<TextFile, "bytes" | "chars" | "sha256"> {
    return { bytes: this.#bytes, chars: this.#chars, sha256: this.#hash.digest("hex") };
  }
}

/** Bytes that are looked at for other characters than ASCII's at once. */
const LOOKED_AT = 4096;

/** The characters that begin in UTF-8 bytes: all bytes that do not continue one. */
function beginningsIn(bytes: Buffer): number {
  if (isAscii(bytes)) return bytes.length;
  let continued = 0;
  for (const byte of bytes) if ((byte & 0xc0) === 0x80) continued += 1;
  return bytes.length - continued;
}
