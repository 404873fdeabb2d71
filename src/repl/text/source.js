// @ts-check
/** The bytes of a text: a shared buffer, or a file that is read as needed. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TextFault, messageOf } from "./fault.js";

/**
 * Bytes by position. `read` fills `into` if it needs a buffer, so its result is valid until `into` is used again; without
 * `into` it stays valid. `check` throws if the file changed since the text was opened.
 * @typedef {{
 *   readonly size: number,
 *   read(start: number, end: number, into?: Buffer): Buffer,
 *   check(): void,
 *   close(): void,
 * }} Source
 */

/**
 * @param {import("./protocol.ts").TextOrigin} origin
 * @returns {Source}
 */
export function openSource(origin) {
  return origin.kind === "file" ? new FileSource(origin) : sharedSource(origin.bytes);
}

/**
 * @param {SharedArrayBuffer} shared
 * @returns {Source}
 */
function sharedSource(shared) {
  const bytes = Buffer.from(shared);
  return {
    size: bytes.length,
    read: (start, end) => bytes.subarray(start, end),
    check() {},
    close() {},
  };
}

/** @implements {Source} */
class FileSource {
  /** @type {Extract<import("./protocol.ts").TextOrigin, { kind: "file" }>} */
  #origin;
  /** @type {number | null} */
  #descriptor;

  /** @param {Extract<import("./protocol.ts").TextOrigin, { kind: "file" }>} origin */
  constructor(origin) {
    this.#origin = origin;
    this.size = origin.size;
    this.#descriptor = openFile(origin.path);
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {Buffer} [into]
   */
  read(start, end, into) {
    const length = end - start;
    const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.#open(), bytes, filled, length - filled, start + filled);
      if (count === 0) throw this.#changed();
      filled += count;
    }
    return bytes;
  }

  check() {
    const { size, mtimeMs, ino } = fstatSync(this.#open());
    const { size: sizeBefore, mtimeMs: timeBefore, inode } = this.#origin;
    if (size !== sizeBefore || mtimeMs !== timeBefore || ino !== inode) throw this.#changed();
  }

  close() {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open() {
    if (this.#descriptor === null) throw new TextFault("usage", `${this.#origin.path}: the text is closed`);
    return this.#descriptor;
  }

  #changed() {
    return new TextFault("data", `${this.#origin.path}: the file changed while it was open as a text`);
  }
}

/** @param {string} path */
function openFile(path) {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new TextFault("data", `${path}: cannot be read: ${messageOf(error)}`);
  }
}
