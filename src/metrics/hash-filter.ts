/** A small set of hashes that may err on one side: it finds every member, and a few hashes that are not members. */

/** Mixes every bit into the high bits (Knuth's multiplicative hashing), which choose a bit of the filter. */
export function spread(hash: number): number {
  return Math.imul(hash, 0x9e37_79b1);
}

/** Rejects most hashes that are not in the index, using memory that fits a processor's cache. */
export class HashFilter {
  readonly #bits: Uint8Array;
  readonly #shift: number;

  /** @param bits of a number that counts the hashes; each hash takes 16 bits of memory */
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
