/** The o200k_base vocabulary, read from disk at the first count: most of what the command does needs none of its 2 MB. */
import { createRequire } from "node:module";

type Ranks = typeof import("gpt-tokenizer/bpeRanks/o200k_base");
type Encoding = typeof import("gpt-tokenizer/encoding/o200k_base");
type Constants = typeof import("gpt-tokenizer/encodingParams/constants");

/** The vocabulary, and what the package that ships it does with it. */
export interface O200k {
  /** The tokens of a text; special tokens count as plain text. */
  readonly count: (text: string) => number;
  /** Matches the pieces that a text is cut into before they are merged. */
  readonly pieces: RegExp;
  readonly ranks: Ranks["default"];
}

const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };
let loaded: O200k | undefined;

/** The vocabulary; the first call takes about a tenth of a second. */
export function o200k(): O200k {
  return (loaded ??= load());
}

function load(): O200k {
  // Counting is synchronous, and so must loading be.
  const require = createRequire(import.meta.url);
  const { countTokens } = require("gpt-tokenizer/encoding/o200k_base") as Encoding;
  const { O200K_TOKEN_SPLIT_REGEX: pieces } = require("gpt-tokenizer/encodingParams/constants") as Constants;
  const { default: ranks } = require("gpt-tokenizer/bpeRanks/o200k_base") as Ranks;
  return { count: (text) => countTokens(text, AS_PLAIN_TEXT), pieces, ranks };
}
