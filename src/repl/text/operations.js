// @ts-check
/** The operations on one text. Offsets are converted from characters to bytes, the search runs on bytes, and results back. */
import { TextFault } from "./fault.js";
import { countOccurrences, firstOccurrence, lastOccurrence } from "./literal.js";
import { characters, matches } from "./matches.js";
import { Offsets } from "./offsets.js";
import { compilePattern } from "./pattern.js";
import { openSource } from "./source.js";
import { boundaryAt, repaired } from "./utf8.js";

const maxSliceBytes = 2 ** 24;
const linesBytes = 2 ** 20;
/** Characters of matches and lines in one reply of `grep`. */
const maxReplyCharacters = 2 ** 22;
/** What a group of a match counts in a reply, in characters. */
const groupCharacters = 16;
/** The characters of a long line that are shown before the start of a match and after it. */
const shown = { before: 200, after: 400 };

/**
 * @typedef {import("./protocol.ts").TextRequest} TextRequest
 * @typedef {import("./offsets.js").Pause} Pause
 */

export class OpenText {
  #source;
  #offsets;

  /** @param {import("./protocol.ts").TextOrigin} origin */
  constructor(origin) {
    this.#source = openSource(origin);
    this.#offsets = new Offsets(this.#source);
  }

  /**
   * @param {TextRequest} request
   * @param {Pause} pause
   * @returns {Promise<import("./protocol.ts").TextReply>}
   */
  async answer(request, pause) {
    this.#source.check();
    const reply = await this.#perform(request, pause);
    this.#source.check();
    return reply;
  }

  close() {
    this.#source.close();
  }

  /**
   * @param {TextRequest} request
   * @param {Pause} pause
   */
  async #perform(request, pause) {
    if (request.op === "length") return this.#offsets.length(pause);
    const start = await this.#offsets.byteOf(request.start, pause);
    if (request.op === "lines") return this.#lines(start);
    const end = request.end === null ? this.#source.size : await this.#offsets.byteOf(request.end, pause);
    if (request.op === "slice") return this.#slice(start, end);
    if (request.op === "grep") return this.#grep(request, start, end, pause);
    return this.#seek(request, start, end, pause);
  }

  /**
   * @param {Extract<TextRequest, { needle: string }>} request
   * @param {number} start
   * @param {number} end
   * @param {Pause} pause
   */
  async #seek({ op, needle: text }, start, end, pause) {
    // UTF-8 cannot encode a lone surrogate, so no text has one.
    if (/\p{Surrogate}/u.test(text)) return op === "count" ? 0 : -1;
    const needle = Buffer.from(text);
    if (op === "count") return countOccurrences(this.#source, needle, start, end, pause);
    const search = op === "find" ? firstOccurrence : lastOccurrence;
    const found = await search(this.#source, needle, start, end, pause);
    return found < 0 ? -1 : (await this.#offsets.positionOf(found, pause)).character;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #slice(start, end) {
    if (end - start > maxSliceBytes)
      throw new TextFault(
        "usage",
        `a slice of this text may hold ${maxSliceBytes} bytes, not ${end - start}`,
      );
    return repaired(this.#source.read(start, Math.max(start, end)));
  }

  /** @param {number} start */
  #lines(start) {
    const end = Math.min(this.#source.size, start + linesBytes);
    const read = this.#source.read(start, Math.min(this.#source.size, end + 3));
    const piece = read.subarray(0, boundaryAt(read, end - start));
    const newline = end === this.#source.size ? -1 : piece.lastIndexOf("\n");
    return repaired(newline < 0 ? piece : piece.subarray(0, newline + 1));
  }

  /**
   * @param {Extract<TextRequest, { op: "grep" }>} request
   * @param {number} start
   * @param {number} end
   * @param {Pause} pause
   */
  async #grep({ pattern: expression, limit }, start, end, pause) {
    const pattern = compilePattern(expression);
    const names = pattern.regex.namedGroups();
    /** @type {import("./protocol.ts").TextMatch[]} */
    const found = [];
    let size = 0;
    for await (const match of matches(this.#source, pattern, start, end, pause)) {
      const described = await this.#describe(match, pause);
      found.push(described);
      size += described.text.length + described.lineText.length + groupCharacters * described.groups.length;
      if (found.length === limit || size > maxReplyCharacters)
        return { matches: found, names, complete: false };
    }
    return { matches: found, names, complete: true };
  }

  /**
   * @param {import("./matches.js").Match} match
   * @param {Pause} pause
   */
  async #describe({ byte, text, groups }, pause) {
    const { character: start, line } = await this.#offsets.positionOf(byte, pause);
    return {
      start,
      end: start + characters(text),
      text,
      groups,
      line: line + 1,
      lineText: this.#lineAround(byte),
    };
  }

  /** @param {number} byte */
  #lineAround(byte) {
    const from = Math.max(0, byte - 4 * shown.before);
    const left = this.#source.read(from, byte);
    const before = left.toString("utf8", left.lastIndexOf("\n") + 1 || (from && boundaryAt(left, 0)));
    const right = this.#source.read(byte, Math.min(this.#source.size, byte + 4 * shown.after));
    const newline = right.indexOf("\n");
    const after = right.toString("utf8", 0, newline < 0 ? right.length : newline);
    return Array.from(before).slice(-shown.before).concat(Array.from(after).slice(0, shown.after)).join("");
  }
}
