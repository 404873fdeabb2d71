/** The score of evidence: the interval F1 of the passages that an answer quotes, or of those that were marked. */
import { DataError } from "../../src/errors.ts";
import type { Json, JsonObject, Reference } from "../../src/types.ts";
import { type Interval, type IntervalScores, type IntervalsByPaper, intervalScores } from "./intervals.ts";
import { type PaperEvidence, type Papers, placeOf, placesOf } from "./papers.ts";
import { quotesIn } from "./quotes.ts";

/**
 * Characters of papers that are looked through for an answer's quotes at most, so that an answer of a million passages ends: what is
 * quoted after that counts as not found.
 */
const MOST_SEARCHED = 2_000_000_000;

/** The gold of a task: the papers, which answers quote, and the passages. */
export interface Gold {
  readonly papers: Papers;
  readonly evidence: readonly PaperEvidence[];
}

/** The metadata of a reference. The papers are the same object as the task's context. */
export function goldMetadata({ papers, evidence }: Gold): JsonObject {
  return {
    papers,
    evidence: evidence.map(({ paperId, selections }) => ({
      paperId,
      selections: selections.map(({ text }) => ({ text })),
    })),
  };
}

/** Inverse of `goldMetadata`. */
export function goldOf({ metadata }: Pick<Reference, "metadata">): Gold {
  const { papers, evidence } = metadata as { papers?: Json; evidence?: Json };
  if (!papers || !Array.isArray(evidence))
    throw new DataError('evidence: expected "papers" and "evidence" in the metadata of the reference');
  return { papers: papers as Papers, evidence: evidence as readonly PaperEvidence[] };
}

/** Precision, recall and F1 of an answer, by the published rule: each quote counts where it stands first, in the first paper that has it. */
export function answerScores(answer: string, gold: Gold): IntervalScores {
  return intervalScores(quotedIn(answer, gold.papers), placesOf(gold.evidence, gold.papers));
}

/** The same of passages that were marked. */
export function markScores(marks: IntervalsByPaper, gold: Gold): IntervalScores {
  return intervalScores(marks, placesOf(gold.evidence, gold.papers));
}

/** The published score of an answer alone. */
export function evidenceF1(answer: string, reference: Reference): number {
  return answerScores(answer, goldOf(reference)).f1;
}

/** Below this precision, an answer hands over everything instead of choosing. */
const LEAST_PRECISION = 0.1;

/** The score of an answer alone for training: it gives nothing to an answer that quotes almost everything. */
export function trainingF1(answer: string, reference: Reference): number {
  const { precision, f1 } = answerScores(answer, goldOf(reference));
  return precision < LEAST_PRECISION ? 0 : f1;
}

function quotedIn(answer: string, papers: Papers): IntervalsByPaper {
  const found = new Map<string, Interval[]>();
  let searched = 0;
  for (const quote of new Set(quotesIn(answer))) {
    for (const [id, text] of Object.entries(papers)) {
      if (searched > MOST_SEARCHED) return found;
      const place = placeOf(quote, text);
      searched += place ? place[1] : text.length;
      if (!place) continue;
      const known = found.get(id);
      if (known) known.push(place);
      else found.set(id, [place]);
      break;
    }
  }
  return found;
}
