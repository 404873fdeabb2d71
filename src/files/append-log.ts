/** A JSONL file that grows by whole lines: what `append` has returned is on disk, and a failed line leaves no part. */
import { constants } from "node:fs";
import { RLMError } from "../errors.ts";
import { open, type FileHandle } from "node:fs/promises";

/** Where a line stands in its file, the line feed at its end included. */
export interface LinePlace {
  readonly start: number;
  readonly bytes: number;
}

/** As "a+", but never through a symbolic link, which would change a file elsewhere. */
const APPENDING = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/** How a log is written. */
export interface AppendOptions {
  /** Whether appends wait for the disk. Without it they outlive the process, but not the machine. Default: true. */
  readonly sync?: boolean;
  /** Characters of a line at most. Default: `MOST_LINE_CHARS`. */
  readonly mostChars?: number;
}

/** A line has so many characters at most: a longer one could not be read back as one text. */
export const MOST_LINE_CHARS = 500_000_000;

/** A value is too long to be a line. Nothing of it was written. */
export class LineTooLongError extends RLMError {
  override readonly name = "LineTooLongError";
}

export class AppendLog {
  readonly #file: FileHandle;
  #length: number;
  /** Appends run one after the other. */
  #last: Promise<void> = Promise.resolve();

  readonly #sync: boolean;
  readonly #mostChars: number;

  private constructor(file: FileHandle, length: number, { sync, mostChars }: Required<AppendOptions>) {
    this.#sync = sync;
    this.#mostChars = mostChars;
    this.#file = file;
    this.#length = length;
  }

  /** Opens the file or makes it. A last line that a crash cut off is removed first. Throws what the file system throws. */
  static async open(path: string, options: AppendOptions = {}): Promise<AppendLog> {
    const { sync = true, mostChars = MOST_LINE_CHARS } = options;
    const file = await open(path, APPENDING);
    try {
      const { size } = await file.stat();
      const length = await endOfLastLine(file, size);
      if (length < size) await file.truncate(length);
      return new AppendLog(file, length, { sync, mostChars });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Writes one value as a line and waits until the disk has it. Throws `LineTooLongError` for a value that is too long to be
   * one, and what the file system throws.
   */
  async append(value: unknown): Promise<void> {
    await this.appendAt(value);
  }

  /** The same, and says where the line stands. */
  async appendAt(value: unknown): Promise<LinePlace> {
    const { start, bytes } = await this.appendLine(value);
    return { start, bytes };
  }

  /** The same, and gives back the line's bytes, the line feed included. */
  async appendLine(value: unknown): Promise<LinePlace & { readonly line: Uint8Array }> {
    const line = Buffer.from(`${textOf(value, this.#mostChars)}\n`, "utf8");
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.then(
      () => {},
      () => {},
    );
    return { ...(await written), line };
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }

  async #write(line: Uint8Array): Promise<LinePlace> {
    const start = this.#length;
    try {
      await this.#file.appendFile(line);
      if (this.#sync) await this.#file.sync();
      this.#length += line.length;
      return { start, bytes: line.length };
    } catch (error) {
      // A disk that filled up in the middle of the line: the lines before it stay whole.
      await this.#file.truncate(this.#length).catch(() => {});
      throw error;
    }
  }
}

function textOf(value: unknown, mostChars: number): string {
  let text: string | null;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // "Invalid string length" is V8's word for a text that would be too long. Its other range errors are not about that.
    if (!(error instanceof RangeError) || !error.message.includes("string length")) throw error;
    text = null;
  }
  if (text !== null && text.length <= mostChars) return text;
  throw new LineTooLongError(`a line of more than ${mostChars} characters is not written`);
}

/** The position after the last line feed, read from the end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await file.read(piece, 0, end - start, start);
    const at = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
