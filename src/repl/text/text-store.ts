/** A text that is too long for an interpreter. Its bytes stay on the host, in shared memory or on disk. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { DataError, UsageError } from "../../errors.ts";
import { textRequest } from "./protocol.ts";
import type { TextOrigin, TextReply } from "./protocol.ts";
import { askText, closeText, retainText } from "./text-thread.ts";

let stores = 0;
/** Closes a store that was not closed when it is garbage-collected. */
const forgotten = new FinalizationRegistry(closeText);

/**
 * An immutable UTF-8 text that can be sliced and searched without loading all of it. Offsets count characters as Python's str
 * does. Broken bytes read as U+FFFD, one for each maximal part of a sequence. A search for U+FFFD does not find them; it finds
 * only a U+FFFD that the text itself holds.
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

  /** Copies a string into shared memory. Lone surrogates become U+FFFD. */
  static fromString(text: string): TextStore {
    const shared = new SharedArrayBuffer(Buffer.byteLength(text));
    Buffer.from(shared).write(text);
    return new TextStore({ kind: "shared", bytes: shared });
  }

  /** Copies UTF-8 bytes into shared memory. */
  static fromBytes(utf8: Uint8Array): TextStore {
    const shared = new SharedArrayBuffer(utf8.length);
    new Uint8Array(shared).set(utf8);
    return new TextStore({ kind: "shared", bytes: shared });
  }

  /**
   * Opens a UTF-8 file without loading it. Line ends are not translated, and a byte order mark is a character. Throws
   * `DataError` if there is no such file. If the file changes later, every request throws a `DataError` that names it.
   */
  static fromFile(path: string): TextStore {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) throw new DataError(`${path}: expected a text file`);
    const { size, mtimeMs, ino: inode } = stat;
    return new TextStore({ kind: "file", path: resolve(path), size, mtimeMs, inode });
  }

  /** The bytes of memory that the text takes: 0 for a file. */
  get memoryBytes(): number {
    return this.#origin.kind === "shared" ? this.#origin.bytes.byteLength : 0;
  }

  /**
   * Answers a request after checking its shape. Several requests may be in flight. Throws `UsageError` for an invalid request,
   * `DataError` for a file that is gone or changed, and the signal's reason if it aborts.
   */
  async request(request: unknown, options: { signal?: AbortSignal } = {}): Promise<TextReply> {
    if (this.#isClosed) throw new UsageError("the text is closed");
    const checked = textRequest.safeParse(request);
    if (checked.success) return askText({ id: this.#id, origin: this.#origin }, checked.data, options.signal);
    const [issue] = checked.error.issues;
    throw new UsageError(`text request: ${issue?.path.join(".") || "op"}: ${issue?.message}`);
  }

  /** Releases the thread and the file. Requests in flight fail. Idempotent. */
  close(): void {
    this.#isClosed = true;
    closeText(this.#id);
  }
}
