/**
 * The official score of a summary: half ROUGE-L, half the likeness of meaning that an embedding model finds, as `Summary` of
 * LongBench-Pro's `modules/utils.py` (88fbeb8) has it. The texts are embedded as they are compared, in lower case and with single
 * spaces, without an instruction; each half is that of its best gold.
 */
import { DataError } from "../../src/errors.ts";
import type { Embed } from "../../src/types.ts";

/** A summary and its golds, normalised, and the best ROUGE-L. */
export interface ComparedSummary {
  readonly summary: string;
  readonly golds: readonly string[];
  readonly rougeL: number;
}

/** The smallest length that a vector is divided by, as in PyTorch's `normalize`. */
const LEAST_LENGTH = 1e-12;

/** The scores in order, from 0 to 1. Each distinct text is embedded once. Throws what `embed` throws, and `DataError` for vectors that do not fit. */
export async function summaryScores(compared: readonly ComparedSummary[], embed: Embed): Promise<number[]> {
  const texts = [...new Set(compared.flatMap(({ summary, golds }) => [summary, ...golds]))];
  if (texts.length === 0) return [];
  const vectors = await embed(texts);
  const size = vectors[0]?.length ?? 0;
  if (vectors.length !== texts.length || vectors.some((vector) => vector.length !== size))
    throw new DataError(`embeddings: expected ${texts.length} vectors of one size, got ${vectors.length}`);
  const directions = new Map(texts.map((text, index) => [text, directionOf(vectors[index]!, index)]));
  return compared.map(({ summary, golds, rougeL }) => {
    const own = directions.get(summary)!;
    const likeness = Math.max(...golds.map((gold) => product(directions.get(gold)!, own)));
    const score = 0.5 * likeness + 0.5 * rougeL;
    // The authors count a score outside of 0 to 1 as failed: a summary without ROUGE-L whose vector points away from the golds'.
    return score >= 0 && score <= 1 ? score : 0;
  });
}

function directionOf(vector: readonly number[], index: number): readonly number[] {
  const length = Math.sqrt(product(vector, vector));
  if (!Number.isFinite(length))
    throw new DataError(`embeddings: vector ${index}: expected finite numbers, got a length of ${length}`);
  return vector.map((number) => number / Math.max(length, LEAST_LENGTH));
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, number, index) => sum + number * b[index]!, 0);
}
