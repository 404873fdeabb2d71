/** Questions like BrowseComp's over an invented world: constraints that meet in one answer only across several documents. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { withAnswerForm } from "../browsecomp/answer-form.ts";
import { type Document, writeDocument } from "./document.ts";
import { drawWorld } from "./draw-world.ts";
import type { Entity } from "./entity.ts";
import { wordQuestion } from "./question.ts";

export interface BrowseCompLikeOptions {
  /** The most tokens a context may hold. */
  readonly length: number;
  /** From 10 to 100,000; about one for every 300 tokens if absent. */
  readonly documents?: number;
  readonly seed: number;
}

/** A question with the documents of its world, and which of them the answer needs. */
export interface DrawnQuestion {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly documents: readonly (Document & { readonly title: string; readonly isEvidence: boolean })[];
}

const DOCUMENT_TOKENS = 300;
const [MIN_DOCUMENTS, MAX_DOCUMENTS] = [10, 100_000];
/** An endless dataset; the task at an index depends on seed, length, documents and index only. */
export function browseCompLike(options: BrowseCompLikeOptions): Dataset {
  const draw = browseCompLikeDraws(options);
  const at = (index: number) => problem(draw(index), options);
  return generated("browsecomp-like", at);
}

/** Draws a question for an index. Throws `UsageError` for a length that cannot hold the documents. */
export function browseCompLikeDraws(options: BrowseCompLikeOptions): (index: number) => DrawnQuestion {
  const { length, seed } = options;
  const count = documentsFor(options);
  return (index) => {
    const stream = (name: string, attempt = 0) => Random.of(seed, length, count, index, name, attempt);
    const { world, pattern, gold } = drawWorld(count, (attempt) => stream("world", attempt));
    const evidence = new Set(gold.values());
    const order = stream("order").shuffle(world.entities.slice(0, count));
    const written = writeAll(order, length, stream("documents"));
    return {
      id: `like-${length}-${count}-${seed}-${index}`,
      question: wordQuestion(pattern, stream("question")),
      answer: gold.get(pattern)!.name,
      documents: order.map((entity, i) => ({
        ...written[i]!,
        title: entity.name,
        isEvidence: evidence.has(entity),
      })),
    };
  };
}

function documentsFor({ length, documents }: BrowseCompLikeOptions): number {
  if (documents === undefined)
    return Math.min(Math.max(Math.round(length / DOCUMENT_TOKENS), MIN_DOCUMENTS), MAX_DOCUMENTS);
  if (Number.isInteger(documents) && documents >= MIN_DOCUMENTS && documents <= MAX_DOCUMENTS)
    return documents;
  throw new UsageError(
    `browsecomp-like: expected from ${MIN_DOCUMENTS} to ${MAX_DOCUMENTS} documents, got ${documents}`,
  );
}

/** Documents of varying lengths that together fill the tokens. */
function writeAll(entities: readonly Entity[], length: number, random: Random): Document[] {
  let left = length;
  const documents = entities.map((entity, i) => {
    const mean = left / (entities.length - i);
    const isLast = i === entities.length - 1;
    const document = writeDocument(
      entity,
      isLast ? left : Math.floor(mean * random.uniform(0.6, 1.4)),
      random,
    );
    left -= document.tokens;
    return document;
  });
  if (left >= 0) return documents;
  throw new UsageError(
    `browsecomp-like: ${length} tokens do not hold ${entities.length} documents; expected at least ${length - left}`,
  );
}

function problem(
  { id, question, answer, documents }: DrawnQuestion,
  { length }: BrowseCompLikeOptions,
): Problem {
  const evidence = documents.flatMap(({ isEvidence, title }) => (isEvidence ? [title] : []));
  return {
    task: {
      id,
      dataset: "browsecomp-like",
      question: withAnswerForm(question),
      context: documents.map(({ text }) => text),
      contextTokens: documents.reduce((sum, { tokens }) => sum + tokens, 0),
      metadata: { length, documents: documents.length },
    },
    reference: { taskId: id, answers: [answer], metadata: { evidence } },
  };
}
