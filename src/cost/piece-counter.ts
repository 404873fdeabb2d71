/**
 * Counts the tokens of pieces, which are what a vocabulary's split pattern cuts a text into. Most pieces are tokens, and most others
 * were counted before, so that a look-up is nearly all that a piece costs.
 */
import { BytePairs, type Vocabulary } from "./byte-pairs.ts";

/** The characters of all remembered pieces together; past them, remembering begins anew. */
const REMEMBERED_CHARS = 2 ** 21;

/** One vocabulary's counts. Counting is pure; the object only remembers. */
export class PieceCounter {
  readonly #vocabulary: Vocabulary;
  readonly #tokens: ReadonlySet<string>;
  readonly #counted = new Map<string, number>();
  #countedChars = 0;
  /** Built for the first piece that is not a token. */
  #bytePairs: BytePairs | undefined;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#tokens = new Set(vocabulary.filter((token) => typeof token === "string"));
  }

  /** The tokens of a piece: valid Unicode, and no slice of a longer text, since pieces are kept. */
  count(piece: string): number {
    return this.#tokens.has(piece) ? 1 : (this.#counted.get(piece) ?? this.#merge(piece));
  }

  #merge(piece: string): number {
    this.#bytePairs ??= new BytePairs(this.#vocabulary);
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
