/** Version 0.4.0 of the rules by which a completion is read: as 0.3.0, with the thoughts of more models, and tidier code. */
import type { Dialect } from "../../../../types.ts";
import type { ParsedCompletion, Text } from "../../../../parse/parsed.ts";
import { partThoughts } from "../../../../parse/thoughts.ts";
import { withoutPrompts } from "../0.3.0/bare-code.ts";
import { parse as parse030, type Reading } from "../0.3.0/parse.ts";

/** Characters without width that some models write at the beginning of a line. */
const UNSEEN = /^[\u200B\u2060\uFEFF]+/gm;

/** What these rules read otherwise than those of 0.3.0. */
export const READING: Reading = {
  partThoughts: (text) => partThoughts(text.replaceAll(UNSEEN, "")),
  filterCuts: true,
  tidied: (code) => withoutPrompts(withoutHalfFence(withoutQuoteMarks(code))),
  takesNothing: false,
  mostFences: Infinity,
  mostFencedChars: Infinity,
};

export function parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion {
  return parse030(completion, dialect, severalBlocks, READING);
}

/** The code of a fence within a quote of Markdown, each line of which begins with a mark. */
function withoutQuoteMarks(code: string): string {
  const lines = code.split("\n");
  return lines.every((line) => /^\s*(?:>(?!>)|$)/.test(line))
    ? lines
        .map((line) => line.replace(/^\s*> ?/, ""))
        .join("\n")
        .trimEnd()
    : code;
}

/** Code without a last line that is a closing fence cut short. */
function withoutHalfFence(code: string): string {
  return code.replace(/\n[ \t]*`{1,2}[ \t]*$/, "");
}
