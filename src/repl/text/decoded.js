// @ts-check
/** Bytes decoded as a JavaScript string, with the byte offset of each index. */
import { isAscii } from "node:buffer";
import { characterEnd } from "./utf8.js";

export class Decoded {
  #bytes;
  #base;
  #isAscii;
  // The last index asked for. Callers ask from left to right, so each byte is visited once.
  #index = 0;
  #offset = 0;

  /**
   * @param {Buffer} bytes cut at boundaries between characters
   * @param {number} base the offset of `bytes` in the text
   */
  constructor(bytes, base) {
    this.#bytes = bytes;
    this.#base = base;
    this.#isAscii = isAscii(bytes);
    this.text = bytes.toString(this.#isAscii ? "latin1" : "utf8");
  }

  /**
   * The offset in the text of an index of the string. The index just past the end of the string is valid.
   * @param {number} index
   */
  byteAt(index) {
    if (this.#isAscii) return this.#base + index;
    if (index < this.#index) this.#index = this.#offset = 0;
    while (this.#index < index && this.#offset < this.#bytes.length) {
      this.#index += (this.text.codePointAt(this.#index) ?? 0) > 0xffff ? 2 : 1;
      this.#offset = characterEnd(this.#bytes, this.#offset);
    }
    return this.#base + this.#offset + (index - this.#index);
  }
}
