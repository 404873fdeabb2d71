/** The running text that needles are hidden in: a novel that ships with the package, or a file the user names. */
import { readFileSync } from "node:fs";
import { DataError, UsageError } from "../../src/errors.ts";

/** White space as Python's `\s` matches it. */
// oxlint-disable-next-line no-control-regex -- four separators are among it
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** A haystack's words, with white space collapsed as by `re.sub(r"\s+", " ", text).split(" ")`. */
export function essayWords(text: string): string[] {
  return text.split(WHITE_SPACE);
}

/** Moby-Dick (Melville 1851, public domain), as `tools/write-essay.js` writes it when the package is built. */
export function defaultEssay(): string {
  return readFileSync(new URL("moby-dick.txt", import.meta.url), "utf8");
}

/** The text of a file: the field `text` of a JSON object (RULER keeps its essays so) if the name ends in `.json`, otherwise all of it. */
export function readEssay(file: string): string {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`haystack ${file}: cannot be read (${(error as Error).message})`, { cause: error });
  }
  const text = file.endsWith(".json") ? textField(file, content) : content;
  if (text.trim() === "") throw new DataError(`haystack ${file}: expected words, but the text is empty`);
  return text;
}

function textField(file: string, content: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw new DataError(`haystack ${file}: expected JSON (${(error as Error).message})`, { cause: error });
  }
  const text = (parsed as { text?: unknown } | null)?.text;
  if (typeof text !== "string")
    throw new DataError(`haystack ${file}: expected a field "text" with a string`);
  return text;
}
