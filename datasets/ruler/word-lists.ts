/** The words of RULER's needles and lists: the package's own, or those of a folder with wonderwords' files. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { adjectives, animals } from "unique-names-generator";
import { DataError, UsageError } from "../../src/errors.ts";
import { readWords, WordPairs } from "../s-niah/word-pairs.ts";

/** A list that is read by index, since some are too long to hold. */
export interface WordList {
  readonly length: number;
  at(index: number): string | undefined;
}

/** What RULER takes from wonderwords, and its second, longer list. */
export interface WordLists {
  /** Keys of needles. */
  readonly pairs: WordPairs;
  /** Words of lists: all nouns, adjectives and verbs, sorted, each once. */
  readonly single: readonly string[];
  /** Words of lists that are longer than the first; null if the folder has none. */
  readonly many: WordList | null;
  /** Where they come from, for errors. */
  readonly origin: string;
}

let own: WordLists | undefined;

/** English adjectives and animals, and beyond them all pairs of one and the other. */
export function ownWordLists(): WordLists {
  return (own ??= listsOf([adjectives, animals, []], "the package's words", null));
}

/**
 * The lists of a folder: `adjectivelist.txt`, `nounlist.txt` and `verblist.txt` with one word a line, as wonderwords has them, and
 * RULER's `english_words.json`, which only lists of more words than those have need. Throws `UsageError` for a missing file, and
 * `DataError` for a bad one.
 */
export function readWordLists(folder: string): WordLists {
  const [adjectiveList, nounList] = ["adjectivelist.txt", "nounlist.txt"].map((name) =>
    readWords(join(folder, name)),
  ) as [string[], string[]];
  const verbs = join(folder, "verblist.txt");
  const many = join(folder, "english_words.json");
  return listsOf(
    [adjectiveList, nounList, existsSync(verbs) ? readWords(verbs) : []],
    folder,
    existsSync(many) ? readMany(many) : undefined,
  );
}

/** @param many the second list; null for the pairs, undefined for none */
function listsOf(
  [adjectiveList, nounList, verbList]: readonly [readonly string[], readonly string[], readonly string[]],
  origin: string,
  many: readonly string[] | null | undefined,
): WordLists {
  const pairs = new WordPairs(adjectiveList, nounList);
  const single = [...new Set([...nounList, ...adjectiveList, ...verbList])].toSorted(byCodePoint);
  return { pairs, single, many: many === null ? pairs : (many ?? null), origin };
}

function readMany(file: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new DataError(`${file}: expected JSON (${(error as Error).message})`, { cause: error });
  }
  const words = typeof parsed === "object" && parsed !== null ? Object.values(parsed) : [];
  if (words.length > 0 && words.every((word) => typeof word === "string")) return words;
  throw new DataError(`${file}: expected an object whose values are words, as RULER's english_words.json`);
}

/** The list that RULER draws `count` words from. Throws `UsageError` if it has too few. */
export function listFor({ single, many, origin }: WordLists, count: number): WordList {
  if (count <= single.length) return single;
  if (many === null)
    throw new UsageError(
      `ruler: ${count} words are needed, and ${origin} has ${single.length}; add RULER's english_words.json to the folder`,
    );
  if (count <= many.length) return many;
  throw new UsageError(`ruler: ${count} words are needed, and ${origin} has ${many.length}`);
}

/** Python's order of texts. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === length) return a.length - b.length;
  const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
  // Halves of characters beyond the first plane sort after all others.
  const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
  return rank(one) - rank(other);
}
