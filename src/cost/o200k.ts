/** The o200k_base vocabulary, read from disk at the first count: most of what the command does needs none of its 2 MB. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PieceCounter } from "./piece-counter.ts";
import { readTiktoken } from "./tiktoken-file.ts";

type Constants = typeof import("gpt-tokenizer/encodingParams/constants");

/** The vocabulary, as it counts. */
export interface O200k {
  /** Matches the pieces that a text is cut into before they are merged. */
  readonly pieces: RegExp;
  readonly counter: PieceCounter;
}

let loaded: O200k | undefined;

/** The vocabulary; the first call reads it, which takes some hundredths of a second. */
export function o200k(): O200k {
  return (loaded ??= load());
}

function load(): O200k {
  // Counting is synchronous, and so must loading be.
  const require = createRequire(import.meta.url);
  const { O200K_TOKEN_SPLIT_REGEX: pieces } = require("gpt-tokenizer/encodingParams/constants") as Constants;
  // The package has it as a program too, which takes much longer to load: V8 has to compile it.
  const file = readFileSync(require.resolve("gpt-tokenizer/data/o200k_base.tiktoken"));
  return { pieces, counter: new PieceCounter(readTiktoken(file)) };
}
