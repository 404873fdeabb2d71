/** Text too long to be placed in an interpreter: its bytes stay on the host, in shared memory or on disk. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { DataError, UsageError } from "../../errors.ts";
import { textRequest } from "./protocol.ts";
import type { TextOrigin, TextReply } from "./protocol.ts";
import { askText, closeText, retainText } from "./text-thread.ts";

let stores = 0;
/** A store that nobody closed, and that nobody can reach any more, is closed when its memory is collected. */
const forgotten = new FinalizationRegistry(closeText);

/**
 * An immutable text in UTF-8 that answers questions about itself without being held whole. Offsets count characters
 * as Python's str does. Broken bytes read as U+FFFD, one for each maximal part of a sequence; no search finds those
 * by U+FFFD, which is found where it stands in the text itself.
 */
export class TextStore {
  readonly #id = stores++;
  readonly #origin: TextOrigin;
  #isClosed = false;

  private constructor(origin: TextOrigin) {
    this.#origin = origin;
    retainText(this.#id);
    forgotten.register(this, this.#id);
  }

  /** Copies a string into memory that threads share. Lone surrogates become U+FFFD. */
  static fromString(text: string): TextStore {
    const shared = new SharedArrayBuffer(Buffer.byteLength(text));
    Buffer.from(shared).write(text);
    return new TextStore({ kind: "shared", bytes: shared });
  }

  /** Copies UTF-8 bytes into memory that threads share. */
  static fromBytes(utf8: Uint8Array): TextStore {
    const shared = new SharedArrayBuffer(utf8.length);
    new Uint8Array(shared).set(utf8);
    return new TextStore({ kind: "shared", bytes: shared });
  }

  /**
   * A UTF-8 file, read where it stands: nothing of it is loaded here, line ends are not translated, and a byte order
   * mark is a character. Throws `DataError` where there is no such file. A file that changes later fails each request
   * with a `DataError` that names it.
   */
  static fromFile(path: string): TextStore {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) throw new DataError(`${path}: expected a text file`);
    const { size, mtimeMs, ino: inode } = stat;
    return new TextStore({ kind: "file", path: resolve(path), size, mtimeMs, inode });
  }

  /** Bytes of memory that the text holds: none where it is read from a file. */
  get memoryBytes(): number {
    return this.#origin.kind === "shared" ? this.#origin.bytes.byteLength : 0;
  }

  /**
   * Answers a request, of which nothing is believed before its shape is checked. Several may be in flight. Throws
   * `UsageError` for a request that cannot be served, `DataError` for a file that is gone or changed, the signal's
   * reason where it is aborted.
   */
  async request(request: unknown, options: { signal?: AbortSignal } = {}): Promise<TextReply> {
    if (this.#isClosed) throw new UsageError("the text is closed");
    const checked = textRequest.safeParse(request);
    if (checked.success) return askText({ id: this.#id, origin: this.#origin }, checked.data, options.signal);
    const [issue] = checked.error.issues;
    throw new UsageError(`text request: ${issue?.path.join(".") || "op"}: ${issue?.message}`);
  }

  /** Gives back the thread and the file; requests in flight fail. Idempotent. */
  close(): void {
    this.#isClosed = true;
    closeText(this.#id);
  }
}
