/**
 * Counts the tokens of pieces, which are what a vocabulary's split pattern cuts a text into. Most pieces were counted before, so that
 * a look-up is nearly all that a piece costs.
 */
import { BytePairs } from "./byte-pairs.ts";
import type { Vocabulary } from "./tiktoken-file.ts";

/** The characters of all remembered pieces together; past them, remembering begins anew. */
const REMEMBERED_CHARS = 2 ** 21;

/** One vocabulary's counts. Counting is pure; the object only remembers. */
export class PieceCounter {
  readonly #counted = new Map<string, number>();
  readonly #bytePairs: BytePairs;
  #countedChars = 0;

  constructor(vocabulary: Vocabulary) {
    this.#bytePairs = new BytePairs(vocabulary);
  }

  /** The tokens of a piece: valid Unicode, and no slice of a longer text, since pieces are kept. */
  count(piece: string): number {
    return this.#counted.get(piece) ?? this.#countAnew(piece);
  }

  #countAnew(piece: string): number {
    const tokens = this.#bytePairs.count(Buffer.from(piece));
    this.#countedChars += piece.length;
    if (this.#countedChars > REMEMBERED_CHARS) {
      this.#counted.clear();
      this.#countedChars = piece.length;
    }
    this.#counted.set(piece, tokens);
    return tokens;
  }
}
