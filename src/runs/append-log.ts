/** A JSONL file that grows by whole lines: what `append` has returned is on disk, and a failed line leaves no part. */
import { open, type FileHandle } from "node:fs/promises";

export class AppendLog {
  readonly #file: FileHandle;
  #length: number;
  /** Appends run one after the other. */
  #last: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, length: number) {
    this.#file = file;
    this.#length = length;
  }

  static async open(path: string): Promise<AppendLog> {
    const file = await open(path, "a");
    const { size } = await file.stat();
    return new AppendLog(file, size);
  }

  /** Writes one value as a line and waits until the disk has it. Throws what the file system throws. */
  append(value: unknown): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.catch(() => {});
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }

  async #write(line: Uint8Array): Promise<void> {
    try {
      await this.#file.appendFile(line);
      await this.#file.sync();
      this.#length += line.length;
    } catch (error) {
      // A disk that filled up in the middle of the line: the lines before it stay whole.
      await this.#file.truncate(this.#length).catch(() => {});
      throw error;
    }
  }
}
