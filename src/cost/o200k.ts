/** The o200k_base vocabulary, read from disk at the first count: most of what the command does needs none of its 2 MB. */
import { createRequire } from "node:module";
import { PieceCounter } from "./piece-counter.ts";

type Ranks = typeof import("gpt-tokenizer/bpeRanks/o200k_base");
type Constants = typeof import("gpt-tokenizer/encodingParams/constants");

/** The vocabulary, as it counts. */
export interface O200k {
  /** Matches the pieces that a text is cut into before they are merged. */
  readonly pieces: RegExp;
  readonly counter: PieceCounter;
}

let loaded: O200k | undefined;

/** The vocabulary; the first call takes a few tenths of a second. */
export function o200k(): O200k {
  return (loaded ??= load());
}

function load(): O200k {
  // Counting is synchronous, and so must loading be.
  const require = createRequire(import.meta.url);
  const { O200K_TOKEN_SPLIT_REGEX: pieces } = require("gpt-tokenizer/encodingParams/constants") as Constants;
  const { default: ranks } = require("gpt-tokenizer/bpeRanks/o200k_base") as Ranks;
  return { pieces, counter: new PieceCounter(ranks) };
}
