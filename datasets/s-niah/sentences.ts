/** Where a running text may be opened to hide a needle: between its sentences. */

/** Parts of a text with single spaces; joined by spaces they give it back. */
export type SentenceSplitter = (text: string) => readonly string[];

/** A full stop, its closing quotes and brackets, and white space before what can begin a sentence. */
const BOUNDARY = /[.!?]["'”’)\]]*(\s+)(?=["'“‘([]*\p{Lu})/gu;

/** Splits by punctuation and capitals. Says nothing of abbreviations: "Mr. Bell" is parted. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(BOUNDARY)) {
    const next = match.index + match[0].length;
    sentences.push(text.slice(start, next - (match[1] as string).length));
    start = next;
  }
  if (start < text.length) sentences.push(text.slice(start));
  return sentences;
}

/**
 * A splitter from the places where another tool (RULER uses NLTK's punkt) saw sentences begin.
 * @param starts ascending offsets in characters of the white-space-collapsed haystack, the first one 0.
 */
export function splitAt(starts: readonly number[]): SentenceSplitter {
  return (text) => {
    const within = starts.filter((start) => start < text.length);
    return within.map((start, i) => text.slice(start, within[i + 1] ?? text.length).trimEnd());
  };
}
