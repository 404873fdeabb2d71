/**
 * ROUGE-L of summaries as the Python package rouge 1.0.1 computes it (`rouge_l_summary_level` over sets of words), with the depth
 * of recursion at which it fails. Sentences end at full stops of ASCII.
 */
import { words } from "../python-text.ts";

/**
 * How many steps back through a table of two sentences Python's recursion allows: its limit of 1000 frames, less those that stand
 * below when the authors' `main.py` scores a reply. The authors count a summary that takes more as 0.
 */
const MOST_STEPS_BACK = 986;
/** Cells of all tables together, after which a reply counts as 0: as many as two texts of 2,400 words take. */
const MOST_CELLS = 6_000_000;

/** The best F of the summary against any of the golds; 0 if one of the texts has no sentence, or takes too long to compare. */
export function bestRougeL(summary: string, golds: readonly string[]): number {
  const given = sentencesOf(summary);
  const compared = golds.map((gold) => sentencesOf(gold));
  if (given.length === 0 || compared.some((sentences) => sentences.length === 0)) return 0;
  const cells = compared.reduce((sum, gold) => sum + sizeOf(gold) * sizeOf(given), 0);
  if (cells > MOST_CELLS) return 0;
  const scores = compared.map((gold) => rougeL(given, gold));
  return scores.includes(null) ? 0 : Math.max(0, ...(scores as number[]));
}

type Sentences = readonly (readonly string[])[];

/** The words of each sentence; a sentence of spaces has one empty word, as in the package. */
function sentencesOf(text: string): Sentences {
  return text
    .split(".")
    .filter((sentence) => sentence !== "")
    .map((sentence) => words(sentence))
    .map((found) => (found.length === 0 ? [""] : found));
}

function sizeOf(sentences: Sentences): number {
  return sentences.reduce((sum, sentence) => sum + sentence.length + 1, 0);
}

/** Null if a comparison goes deeper than Python's recursion. */
function rougeL(given: Sentences, gold: Sentences): number | null {
  const common = new Set<string>();
  for (const wanted of gold)
    for (const sentence of given) if (!addCommon(wanted, sentence, common)) return null;
  const recall = common.size / new Set(gold.flat()).size;
  const precision = common.size / new Set(given.flat()).size;
  return 2 * ((precision * recall) / (precision + recall + 1e-8));
}

/** Adds the words of a longest common subsequence; false if it takes more steps back than allowed. */
function addCommon(x: readonly string[], y: readonly string[], common: Set<string>): boolean {
  const width = y.length + 1;
  const table = lengthsOf(x, y);
  let [i, j] = [x.length, y.length];
  for (let steps = 0; i > 0 && j > 0; steps += 1) {
    if (steps >= MOST_STEPS_BACK) return false;
    if (x[i - 1] === y[j - 1]) {
      common.add(x[i - 1]!);
      i -= 1;
      j -= 1;
    } else if (table[(i - 1) * width + j]! > table[i * width + j - 1]!) i -= 1;
    else j -= 1;
  }
  return true;
}

/** The lengths of the longest common subsequences of all beginnings, by rows. */
function lengthsOf(x: readonly string[], y: readonly string[]): Uint32Array {
  const width = y.length + 1;
  const table = new Uint32Array((x.length + 1) * width);
  for (let i = 1; i <= x.length; i += 1)
    for (let j = 1; j < width; j += 1) {
      const at = i * width + j;
      table[at] =
        x[i - 1] === y[j - 1] ? table[at - width - 1]! + 1 : Math.max(table[at - width]!, table[at - 1]!);
    }
  return table;
}
