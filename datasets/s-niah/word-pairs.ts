/** The keys of needles: all `adjective-noun` pairs, as one sorted list that is never built in memory. */
import { readFileSync } from "node:fs";
import { adjectives, animals } from "unique-names-generator";
import { UsageError } from "../../src/errors.ts";

/** A run of the sorted list: one adjective's nouns, or the pairs of adjectives that interleave. */
interface Block {
  /** Index of its first pair. */
  readonly start: number;
  /** The text before every item. */
  readonly prefix: string;
  readonly items: readonly string[];
}

/**
 * `sorted({f"{a}-{n}" for a in adjectives for n in nouns})` with access by index. RULER's six million pairs would
 * take half a gigabyte as strings; sorted blocks of one adjective each take almost nothing. Blocks interleave only if `"a-"`
 * begins another adjective (`well` and `well-read`); those few are written out.
 */
export class WordPairs {
  readonly length: number;
  readonly #blocks: readonly Block[];

  constructor(adjectiveList: readonly string[], nounList: readonly string[]) {
    const nouns = [...new Set(nounList)].toSorted(byCodeUnit);
    const prefixes = [...new Set(adjectiveList)].map((adjective) => `${adjective}-`).toSorted(byCodeUnit);
    const blocks: Block[] = [];
    let start = 0;
    for (const cluster of interleaving(prefixes)) {
      const block = { start, ...pairsOf(cluster, nouns) };
      blocks.push(block);
      start += block.items.length;
    }
    if (start === 0) throw new UsageError("word pairs: expected at least one adjective and one noun");
    this.#blocks = blocks;
    this.length = start;
  }

  /** The pair at an index of the sorted list. */
  at(index: number): string {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle] as Block).start <= index) low = middle;
      else high = middle - 1;
    }
    const block = this.#blocks[low] as Block;
    const item = block.items[index - block.start];
    if (item === undefined) throw new RangeError(`word pairs: no pair ${index} of ${this.length}`);
    return block.prefix + item;
  }
}

/** The pairs of the word lists that ship with the package: English adjectives and animals. */
export function defaultWordPairs(): WordPairs {
  return new WordPairs(adjectives, animals);
}

/** The pairs of two files with one word per line, such as wonderwords' lists, which RULER uses. */
export function readWordPairs(adjectiveFile: string, nounFile: string): WordPairs {
  return new WordPairs(readWords(adjectiveFile), readWords(nounFile));
}

/** The words of a file, one per line. Throws `UsageError` if it cannot be read. */
export function readWords(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`word list ${file}: cannot be read (${(error as Error).message})`, { cause: error });
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((word) => word !== "");
}

/** Groups sorted prefixes so that pairs of different groups never interleave. */
function interleaving(prefixes: readonly string[]): string[][] {
  const clusters: string[][] = [];
  for (const prefix of prefixes) {
    const cluster = clusters.at(-1);
    if (cluster && prefix.startsWith(cluster[0] as string)) cluster.push(prefix);
    else clusters.push([prefix]);
  }
  return clusters;
}

function pairsOf(cluster: readonly string[], nouns: readonly string[]): { prefix: string; items: string[] } {
  if (cluster.length === 1) return { prefix: cluster[0] as string, items: nouns as string[] };
  const pairs = cluster.flatMap((prefix) => nouns.map((noun) => prefix + noun));
  return { prefix: "", items: [...new Set(pairs)].toSorted(byCodeUnit) };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
