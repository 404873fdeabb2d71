/** What a language writes for the strategies that are there in every language: grep, direct, bm25 and map-reduce. */
import type { ContextSummary } from "../../../types.ts";

/** The most characters of the replies that one last call gets. */
export const NOTES_CHARS = 300_000;

/** How pieces are ranked. Sizes are in characters. */
export interface Ranking {
  readonly query: string;
  readonly pieceChars: number;
  readonly best: number;
  readonly shownChars: number;
}

/** How chunks are cut and asked about. Sizes are in characters. */
export interface Mapping {
  readonly instruction: string;
  readonly chunkChars: number;
  readonly overlapChars: number;
  readonly batchSize: number;
  /** The sub-model that reads the chunks. Default: the first one. */
  readonly model?: string;
  /** The text at which a text's own heading ends. The heading then precedes every chunk. */
  readonly headingEnd?: string;
}

/** A part of a list, since no more is shown at once than the limit of a block's output. */
export interface Part {
  readonly from: number;
  readonly count: number;
}

/** The code of one language: each part is one turn, and keeps what the next one reads. A `model` is a sub-model's name; default: the first one. */
export interface StrategyCode {
  /** Keeps the distinct texts that the pattern's first group matches. */
  findAll(pattern: string, context: ContextSummary): string;
  readonly answerHits: string;
  /** Keeps the sub-model's reply about as much of the whole context. */
  askWhole(instruction: string, chars: number, context: ContextSummary, model?: string): string;
  readonly answerReply: string;
  /** Keeps the pieces that rank best for the words of the query. */
  rank(ranking: Ranking, context: ContextSummary): string;
  /** Keeps the sub-model's reply about the ranked pieces. */
  askFound(instruction: string, ranking: Ranking, context: ContextSummary, model?: string): string;
  /** Keeps the replies about each chunk. */
  map(mapping: Mapping, context: ContextSummary): string;
  /** Keeps the distinct values, separated by commas, that the pattern's first group matches in the replies. */
  valuesOf(pattern: string): string;
  /** Shows some of the distinct texts that the pattern's first group matches in the replies, one a line. */
  showReplies(pattern: string, part: Part): string;
  /** Keeps the sub-model's reply about the replies that do not hold the text, which is in lower case. */
  askReplies(instruction: string, without: string): string;
  readonly answerResult: string;
}

/** The words of a query, in lower case, each once. */
export function termsOf(query: string): string[] {
  return [...new Set(query.toLowerCase().match(/[\p{L}\p{N}_]+/gu))];
}
