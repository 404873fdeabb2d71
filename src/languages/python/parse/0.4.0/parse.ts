/** Version 0.4.0 of the rules by which a completion is read: as 0.3.0, with the thoughts of more models, and tidier code. */
import type { Dialect } from "../../../../types.ts";
import type { ParsedCompletion, Text } from "../../../../parse/parsed.ts";
import { partThoughts } from "../../../../parse/thoughts.ts";
import { withoutPrompts } from "../0.3.0/bare-code.ts";
import { parse as parse030, type Reading } from "../0.3.0/parse.ts";

/** Characters without width that some models write at the beginning of a line. */
const UNSEEN = /^[\u200B\u2060\uFEFF]+/gm;

/** The most characters of what is said that are read: eight times what the default limit of tokens allows of prose. */
const MOST_CHARS = 2 ** 17;

const READING: Omit<Reading, "partThoughts"> = {
  filterCuts: true,
  tidied: (code) => withoutPrompts(withoutHalfFence(withoutQuoteMarks(code))),
  takesNothing: false,
};

export function parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion {
  const parted = partThoughts(completion.text.replaceAll(UNSEEN, ""));
  // A policy must not keep the host busy with a text without end, so a longer one counts as cut off there.
  const isLonger = parted.said.length > MOST_CHARS;
  return parse030(isLonger ? { ...completion, finishReason: "length" } : completion, dialect, severalBlocks, {
    ...READING,
    partThoughts: () => ({ ...parted, said: parted.said.slice(0, MOST_CHARS) }),
  });
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
