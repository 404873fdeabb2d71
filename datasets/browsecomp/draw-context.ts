/** Draws the documents of one question's context: those that it needs, and random others, in an order that gives nothing away. */
import { DataError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem } from "../../src/types.ts";
import type { Corpus } from "./corpus.ts";
import type { CorpusDocument } from "./document.ts";

export interface DrawnContext {
  readonly context: readonly string[];
  readonly contextTokens: number;
}

/**
 * Returns the `needed` documents and enough others of the corpus to make `documents`. A needed document that the corpus holds is
 * taken from the corpus, so that nothing sets it apart. The draw and the order depend on seed and id only. Throws `DataError` if
 * the corpus holds too few.
 */
export function drawContext(
  corpus: Corpus,
  wanted: {
    readonly id: string;
    readonly seed: number;
    readonly documents: number;
    readonly needed: readonly CorpusDocument[];
  },
): DrawnContext {
  const { id, seed, documents, needed } = wanted;
  const own = needed.filter(({ docid }) => corpus.find(docid) === undefined);
  const chosen = new Set(needed.flatMap(({ docid }) => corpus.find(docid) ?? []));
  const others = Math.max(0, documents - needed.length);
  if (chosen.size + others > corpus.size)
    throw new DataError(
      `question ${id}: the corpus holds ${corpus.size} documents; expected at least ${chosen.size + others}`,
    );
  const total = chosen.size + others;
  const random = Random.of(seed, id, "documents");
  // Draws as many more as are chosen, so that enough remain after the chosen ones are removed.
  for (const index of random.sampleIndices(corpus.size, Math.min(corpus.size, total)))
    if (chosen.size < total) chosen.add(index);
  const drawn = Array.from(chosen, (index) => {
    const document = corpus.read(index);
    return { text: document.text, tokens: corpus.tokens(index, document) };
  });
  return inOrder([...drawn, ...own.map(counted)], seed, id);
}

/** These documents and no others, in an order drawn from seed and id. */
export function shuffledContext(
  documents: readonly CorpusDocument[],
  seed: number,
  id: string,
): DrawnContext {
  return inOrder(documents.map(counted), seed, id);
}

/** The problem with its documents in an order drawn from the episode's seed. */
export function reordered(problem: Problem, seed: number): Problem {
  const { task } = problem;
  if (!Array.isArray(task.context)) return problem;
  const context = Random.of(seed, task.id, "episode").shuffle([...(task.context as readonly string[])]);
  return { ...problem, task: { ...task, context } };
}

interface Counted {
  readonly text: string;
  readonly tokens: number;
}

function counted({ text }: CorpusDocument): Counted {
  return { text, tokens: countTokens(text) };
}

function inOrder(documents: Counted[], seed: number, id: string): DrawnContext {
  const order = Random.of(seed, id, "order").shuffle(documents);
  return {
    context: order.map(({ text }) => text),
    contextTokens: order.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
