/** A small set of hashes that may err on one side: what is in it is found, and a little of what is not. */

/** Brings every bit's share into the high bits (Knuth's multiplicative hashing), which choose a place. */
export function spread(hash: number): number {
  return Math.imul(hash, 0x9e37_79b1);
}

/** Says of most hashes that are not in the index that they are not, from memory that fits a processor's cache. */
export class HashFilter {
  readonly #bits: Uint8Array;
  readonly #shift: number;

  /** @param bits of a number that counts the hashes; 16 bits of memory are spent on each */
  constructor(bits: number) {
    this.#shift = Math.max(0, 28 - bits);
    this.#bits = new Uint8Array(2 ** (32 - this.#shift - 3));
  }

  add(hash: number): void {
    const bit = spread(hash) >>> this.#shift;
    this.#bits[bit >>> 3] = this.#bits[bit >>> 3]! | (1 << (bit & 7));
  }

  has(hash: number): boolean {
    const bit = spread(hash) >>> this.#shift;
    return (this.#bits[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }
}
