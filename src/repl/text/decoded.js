// @ts-check
/** Bytes as a JavaScript string that knows the byte of each of its positions. */
import { isAscii } from "node:buffer";
import { characterEnd } from "./utf8.js";

export class Decoded {
  #bytes;
  #base;
  #isAscii;
  // The last position asked for: positions are asked for from left to right, so that each byte is stepped over once.
  #index = 0;
  #offset = 0;

  /**
   * @param {Buffer} bytes cut at boundaries between characters
   * @param {number} base the byte of the text at which they start
   */
  constructor(bytes, base) {
    this.#bytes = bytes;
    this.#base = base;
    this.#isAscii = isAscii(bytes);
    this.text = bytes.toString(this.#isAscii ? "latin1" : "utf8");
  }

  /**
   * The byte of the text at an index of the string; one past the last byte for one past the string's end.
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
