/**
 * Version 0.5.0 of the rules by which a completion is read: as 0.4.0, within bounds. New completions come from policies that must not
 * keep the host busy with a text without end; those of earlier records are read whole, as they were then.
 */
import type { Dialect } from "../../../../types.ts";
import type { Fence, ParsedCompletion, Text } from "../../../../parse/parsed.ts";
import { findAllFences } from "../0.3.0/fences.ts";
import { parse as parse030 } from "../0.3.0/parse.ts";
import { READING } from "../0.4.0/parse.ts";

/** The most characters of what is said that are read: eight times what the default limit of tokens allows of prose. */
const MOST_CHARS = 2 ** 17;
/** The most blocks that are looked for. What follows them is prose. */
const MOST_FENCES = 4096;

export function parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion {
  const parted = READING.partThoughts(completion.text);
  // A longer text counts as cut off there.
  const isLonger = parted.said.length > MOST_CHARS;
  return parse030(isLonger ? { ...completion, finishReason: "length" } : completion, dialect, severalBlocks, {
    ...READING,
    partThoughts: () => ({ ...parted, said: parted.said.slice(0, MOST_CHARS) }),
    mostFences: MOST_FENCES,
    mostFencedChars: MOST_CHARS,
  });
}

/** The blocks of Python, in order. */
export function findFences(text: string): Fence[] {
  return findAllFences(text, MOST_FENCES).filter(({ language }) => language === "python");
}
