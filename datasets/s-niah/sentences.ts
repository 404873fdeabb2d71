/** Finds the positions between sentences at which a running text may hide a needle. */

/** Parts of a text with single spaces; joined by spaces they give the text again. */
export type SentenceSplitter = (text: string) => readonly string[];

/** A full stop, closing quotes and brackets, and white space, before a character that can begin a sentence. */
const BOUNDARY = /[.!?]["'”’)\]]*(\s+)(?=["'“‘([]*\p{Lu})/gu;

/** Splits at punctuation before capitals. Ignores abbreviations: it splits "Mr. Bell". */
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
 * A splitter that uses the sentence beginnings that another tool found (RULER uses NLTK's punkt).
 * @param starts ascending offsets in characters of the white-space-collapsed haystack; the first is 0.
 */
export function splitAt(starts: readonly number[]): SentenceSplitter {
  return (text) => {
    const within = starts.filter((start) => start < text.length);
    return within.map((start, i) => text.slice(start, within[i + 1] ?? text.length).trimEnd());
  };
}
