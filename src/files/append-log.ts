/** A JSONL file to which whole lines are appended. After `append` a line is on disk; a failed line leaves nothing behind. */
import { constants } from "node:fs";
import { RLMError } from "../errors.ts";
import { open, type FileHandle } from "node:fs/promises";
import { WRITES_TO_DISK } from "./atomic-write.ts";

/** The position of a line in its file, in bytes. The line feed at its end is included. */
export interface LineRange {
  readonly start: number;
  readonly bytes: number;
}

/** As "a+", but without following a symbolic link, which would change a file elsewhere. */
const APPENDING = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/** Options of a log. */
export interface AppendOptions {
  /** Whether appends wait for the disk. Otherwise lines survive a crash of the process, but not of the machine. Default: true. */
  readonly sync?: boolean;
  /** The most characters of a line. Default: `MOST_LINE_CHARS`. */
  readonly mostChars?: number;
}

/** The most characters of a line. A longer one could not be read back as one string. */
export const MOST_LINE_CHARS = 500_000_000;

/** Lines of more bytes than this are not copied to be written together. */
const MOST_BATCH_BYTES = 16 * 2 ** 20;

/** A value is too long for a line. Nothing was written. */
export class LineTooLongError extends RLMError {
  override readonly name = "LineTooLongError";
}

/** A line that waits to be written, and its caller. */
interface Waiting {
  readonly line: Uint8Array;
  readonly resolve: (at: LineRange) => void;
  readonly reject: (error: unknown) => void;
}

/** An open log. Lines that come while others are being written go to the disk together: one wait for the disk serves them all. */
export class AppendLog {
  readonly #file: FileHandle;
  #length: number;
  #waiting: Waiting[] = [];
  /** Ends when no line waits any longer. */
  #writing: Promise<void> | null = null;

  readonly #sync: boolean;
  readonly #mostChars: number;

  private constructor(file: FileHandle, length: number, { sync, mostChars }: Required<AppendOptions>) {
    this.#sync = sync;
    this.#mostChars = mostChars;
    this.#file = file;
    this.#length = length;
  }

  /** Opens or creates the file. Removes a last line that a crash cut off. Throws errors of the file system. */
  static async open(path: string, options: AppendOptions = {}): Promise<AppendLog> {
    const { sync = true, mostChars = MOST_LINE_CHARS } = options;
    const file = await open(path, APPENDING | (sync ? (WRITES_TO_DISK ?? 0) : 0));
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
   * Writes one value as a line and waits until it is on disk (unless `sync` is false). Throws `LineTooLongError` for a value that
   * is too long, and errors of the file system.
   */
  async append(value: unknown): Promise<void> {
    await this.appendAt(value);
  }

  /** As `append`, and returns the position of the line. */
  async appendAt(value: unknown): Promise<LineRange> {
    const { start, bytes } = await this.appendLine(value);
    return { start, bytes };
  }

  /** As `appendAt`, and returns the bytes of the line with its line feed. */
  async appendLine(value: unknown): Promise<LineRange & { readonly line: Uint8Array }> {
    const line = Buffer.from(`${textOf(value, this.#mostChars)}\n`, "utf8");
    const at = await new Promise<LineRange>((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
    return { ...at, line };
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const together = this.#takeBatch();
      try {
        await this.#write(together);
      } catch (error) {
        // Where the disk has no room for all of them, it may have room for the first.
        if (together.length === 1) together[0]!.reject(error);
        else for (const one of together) await this.#write([one]).catch(one.reject);
      }
    }
    this.#writing = null;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    const over = this.#waiting.findIndex(({ line }) => (bytes += line.length) > MOST_BATCH_BYTES);
    return this.#waiting.splice(0, over < 0 ? this.#waiting.length : Math.max(1, over));
  }

  async #write(lines: readonly Waiting[]): Promise<void> {
    const bytes = lines.length === 1 ? lines[0]!.line : Buffer.concat(lines.map(({ line }) => line));
    try {
      for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
      if (this.#sync && WRITES_TO_DISK === undefined) await this.#file.datasync();
    } catch (error) {
      // If the disk filled up in the middle, the part is removed.
      await this.#file.truncate(this.#length).catch(() => {});
      throw error;
    }
    for (const { line, resolve } of lines) {
      resolve({ start: this.#length, bytes: line.length });
      this.#length += line.length;
    }
  }
}

function textOf(value: unknown, mostChars: number): string {
  let text: string | null;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // "Invalid string length" is V8's error for a string that would be too long. Other range errors have other causes.
    if (!(error instanceof RangeError) || !error.message.includes("string length")) throw error;
    text = null;
  }
  if (text !== null && text.length <= mostChars) return text;
  throw new LineTooLongError(`the line would be longer than ${mostChars} characters; it was not written`);
}

/** The position after the last line feed. It reads from the end of the file. */
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
