/** RULER's questions over documents, of which few answer the question (NVIDIA/RULER, `qa.py`). */
import { countTokens } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { fittedDraws, type RulerSizes, threeTimes } from "../s-niah/fitting.ts";
import type { Asked, QaSet } from "./qa-files.ts";
import { documentsWording, inputOf } from "./wording.ts";

const STEP = 10;

/** A text of RULER's file: its input with the beginning of the answer, and the answers. */
export interface DocumentsDraw {
  readonly text: string;
  readonly outputs: readonly string[];
  readonly answerPrefix: string;
}

/** What a file of questions is made by. */
export interface DocumentsOptions {
  readonly name: string;
  readonly length: number;
  readonly seed: number;
  readonly reserve: number;
  /** Sizes are numbers of documents. */
  readonly rows: number | RulerSizes;
  readonly set: QaSet;
  readonly countTokens: (text: string) => number;
}

/** The texts of a file: a question after the other, each with as many documents as fit. Throws `UsageError` if the set has fewer questions. */
export function* documentsDraws(options: DocumentsOptions): Generator<DocumentsDraw> {
  const { name, length, seed, reserve, rows, set, countTokens: count } = options;
  const random = new Random(seed);
  let index = 0;
  const draw = (asked: Asked | undefined) => (units: number) => {
    if (asked === undefined)
      throw new UsageError(`ruler: ${name} has ${set.asked.length} questions; expected fewer rows`);
    const numbers = drawDocuments(asked, set, units, random);
    if (numbers === null) return null;
    const wording = documentsWording(asked.question);
    const context = written(new Random(seed).shuffle(numbers).map((number) => set.documents[number]!));
    return {
      text: inputOf(wording, context) + wording.answerPrefix,
      outputs: asked.answers,
      answerPrefix: wording.answerPrefix,
    };
  };
  const draws = fittedDraws<DocumentsDraw>(
    {
      name,
      length,
      step: STEP,
      most: threeTimes(length),
      probe: (units) => draw(set.asked[0])(units),
      row: (units) => draw(set.asked[index])(units),
      tokens: ({ text }) => count(text),
      reserve,
    },
    rows,
  );
  for (const drawn of draws) {
    index += 1;
    yield drawn;
  }
}

/** Its documents, those of its article, and others at random. Returns null where RULER's code fails: with fewer documents than it needs. */
function drawDocuments(
  { documents, related }: Asked,
  { documents: all }: QaSet,
  count: number,
  random: Random,
): number[] | null {
  if (count >= all.length) return Array.from({ length: count }, (_, i) => i % all.length);
  const others = count - documents.length;
  if (others > related.length) {
    const taken = new Set([...documents, ...related]);
    const left = Array.from(all.keys()).filter((number) => !taken.has(number));
    return [...documents, ...related, ...random.sample(left, others - related.length)];
  }
  return others < 0 ? null : [...documents, ...random.sample(related, others)];
}

function written(documents: readonly string[]): string {
  return documents.map((document, i) => `Document ${i + 1}:\n${document}`).join("\n\n");
}

/**
 * A context of at most `length` tokens around a question's documents; if the set has no more, its documents repeat, as RULER's
 * do. Throws `UsageError` if the question's own do not fit.
 */
export function documentsText(length: number, asked: Asked, set: QaSet, random: Random) {
  const own = [...new Set(asked.documents)];
  const costs = costsOf(set);
  const numbers: number[] = [];
  let tokens = END_TOKENS;
  const fits = (number: number) => {
    tokens += headTokens(numbers.length + 1) + costs.withEnd(number);
    if (tokens > length) return false;
    numbers.push(number);
    return true;
  };
  if (!own.every(fits))
    throw new UsageError(`ruler: a length of ${length} tokens is too short for the documents of a question`);
  const related = random.shuffle([...asked.related]);
  const taken = new Set([...own, ...related]);
  const others = Array.from(set.documents.keys()).filter((number) => !taken.has(number));
  if ([...related, ...random.shuffle(others)].every(fits)) while (fits(random.below(set.documents.length)));
  random.shuffle(numbers);
  const sum = numbers.reduce((all, number, i) => all + headTokens(i + 1) + costs.withEnd(number), 0);
  const last = numbers.at(-1)!;
  return {
    asked,
    context: written(numbers.map((number) => set.documents[number]!)),
    // The last document has no empty line after it.
    contextTokens: sum - costs.withEnd(last) + costs.bare(last),
  };
}

/** What a last document may cost more than it does with an empty line after it. */
const END_TOKENS = 2;

/** The tokens of a line `Document 12:`, which depend on the number of digits. */
function headTokens(number: number): number {
  return countTokens(`Document ${"1".repeat(String(number).length)}:\n`);
}

interface Costs {
  /** The tokens of a document and the empty line after it; no token joins it to the next one. */
  withEnd(number: number): number;
  bare(number: number): number;
}

/** Each document is counted once. */
const known = new WeakMap<QaSet, Costs>();

function costsOf(set: QaSet): Costs {
  const counted = new Map<number, number>();
  // After a line's end, a token may go on with what a document begins with.
  const bare = (number: number, end = "") =>
    countTokens(`:\n${set.documents[number]!}${end}`) - countTokens(":\n");
  const costs = known.get(set) ?? {
    bare: (number) => bare(number),
    withEnd: (number) => {
      const tokens = counted.get(number) ?? bare(number, "\n\n");
      counted.set(number, tokens);
      return tokens;
    },
  };
  known.set(set, costs);
  return costs;
}
