/**
 * Makes a window of OOLONG-Pairs of a million tokens and scores its twenty questions: each by an answer of the longest
 * size that an episode may give, and the one with the most pairs by its whole gold as well. Prints one line of figures;
 * exits with 1 where a score is wrong or a bound is passed.
 *
 *   tsx test/stress/large/pairs.ts [tokens = 1000000] [max seconds = 60] [max GB = 2]
 */
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { oolongPairs } from "../../../datasets/oolong-pairs/oolong-pairs.ts";
import { PREDICATES } from "../../../datasets/oolong-pairs/predicates.ts";
import { goldPairs, pairCount, pairsF1 } from "../../../datasets/oolong-pairs/scorer.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import type { Reference } from "../../../src/types.ts";

const [tokens = 1_000_000, maxSeconds = 60, maxGigabytes = 2] = process.argv.slice(2).map(Number);
const MAX_ANSWER_CHARS = 1_000_000;

const started = performance.now();
const problems = oolongPairs({ source: builtInQuestions(), length: tokens, seed: 1 });
const references: Reference[] = [];
for (const index of PREDICATES.keys()) references.push((await problemAt(problems, index)).reference);
const made = performance.now();
let wrong = references.filter((reference) => !isRight(reference, MAX_ANSWER_CHARS)).length;
const most = references.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0]!;
wrong += Number(!isRight(most, Infinity));

const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS / 2 ** 20;
console.log(
  `${tokens} tokens, made in ${((made - started) / 1000).toFixed(1)} s: 20 questions with up to ${sizeOf(most)} pairs; ` +
    `${wrong} scores wrong, ${seconds.toFixed(1)} s in all, ${peak.toFixed(2)} GB at most`,
);
process.exitCode = wrong === 0 && seconds <= maxSeconds && peak <= maxGigabytes ? 0 : 1;

/** Whether the gold's first pairs, as many as fit, score the F1 that their number makes. */
function isRight(reference: Reference, maxChars: number): boolean {
  const { answer, count } = writeOut(reference, maxChars);
  const gold = sizeOf(reference);
  const expected = gold === 0 ? 1 : (2 * count) / (count + gold);
  return Math.abs(pairsF1(answer, reference) - expected) < 1e-12;
}

/** In blocks, since a text grown pair by pair would take several times its size. */
function writeOut(reference: Reference, maxChars: number): { answer: string; count: number } {
  const block = Buffer.alloc(1_000_000);
  const blocks: string[] = [];
  let [filled, chars, count] = [0, 0, 0];
  for (const [low, high] of goldPairs(reference)) {
    if (chars + 20 > maxChars) break;
    const written = block.write(`(${low}, ${high})\n`, filled, "latin1");
    [filled, chars, count] = [filled + written, chars + written, count + 1];
    if (filled + 20 < block.length) continue;
    blocks.push(block.toString("latin1", 0, filled));
    filled = 0;
  }
  return { answer: blocks.join("") + block.toString("latin1", 0, filled), count };
}

function sizeOf({ metadata }: Reference): number {
  return pairCount(metadata as unknown as Parameters<typeof pairCount>[0]);
}
