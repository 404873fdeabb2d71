/** What a benchmark provides for policies of macro moves: how each move is written for its questions. */
import type { ContextSummary } from "../types.ts";
import type { MapReduceOptions } from "./strategies/map-reduce.ts";

/** The kinds of questions, as far as their words tell. A macro policy sees only this of a question. */
export const FAMILIES = ["needle", "needles", "labels", "lines", "documents", "other"] as const;
/** The kind of a question. */
export type Family = (typeof FAMILIES)[number];

/** How a policy of macro moves writes its moves for one benchmark. */
export interface MacroSkills {
  readonly familyOf: (question: string) => Family;
  /** Python that searches with a pattern from the question and sets `result`; null if the question gives none. */
  readonly grep: (question: string, context: ContextSummary) => string | null;
  /** How the context is read chunk by chunk. The policy chooses the sizes of chunks and batches. */
  readonly read: Pick<MapReduceOptions, "overlapChars" | "headingEnd" | "instruction" | "combine">;
  /**
   * Short Python programs that answer from `context` and `question`: for each episode, one program per turn. Some are efficient,
   * some expensive. A token policy first learns from them; without them it cannot be trained.
   */
  readonly demonstrations?: readonly (readonly string[])[];
  /** The question about a text that may have the answer. The text follows it. */
  readonly ask: (question: string) => string;
}
