/** A JSONL file that grows by whole lines: what `append` has returned is on disk, and a failed line leaves no part. */
import { open, type FileHandle } from "node:fs/promises";

/** Where a line stands in its file, the line feed at its end included. */
export interface LinePlace {
  readonly start: number;
  readonly bytes: number;
}

export class AppendLog {
  readonly #file: FileHandle;
  #length: number;
  /** Appends run one after the other. */
  #last: Promise<void> = Promise.resolve();

  readonly #sync: boolean;

  private constructor(file: FileHandle, length: number, sync: boolean) {
    this.#sync = sync;
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens the file or makes it. A last line that a crash cut off is removed first. Without `sync`, appends do not wait for
   * the disk: they outlive the process, but not the machine.
   */
  static async open(path: string, { sync = true }: { readonly sync?: boolean } = {}): Promise<AppendLog> {
    const file = await open(path, "a+");
    try {
      const { size } = await file.stat();
      const length = await endOfLastLine(file, size);
      if (length < size) await file.truncate(length);
      return new AppendLog(file, length, sync);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Writes one value as a line and waits until the disk has it. Throws what the file system throws. */
  async append(value: unknown): Promise<void> {
    await this.appendAt(value);
  }

  /** The same, and says where the line stands. */
  appendAt(value: unknown): Promise<LinePlace> {
    const line = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.then(
      () => {},
      () => {},
    );
    return written;
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
