/** What a benchmark lends to a policy of macro moves: how a move is worded for one of its questions. */
import type { MapReduceOptions } from "./strategies/map-reduce.ts";

/** What a question is about, as far as its words tell: all that a macro policy sees of it. */
export const FAMILIES = ["needle", "needles", "labels", "lines", "documents", "other"] as const;
export type Family = (typeof FAMILIES)[number];

/** How a policy of macro moves words its moves for one benchmark. */
export interface MacroSkills {
  readonly familyOf: (question: string) => Family;
  /** Python that searches with a pattern from the question and sets `result`; null where the question names none. */
  readonly grep: (question: string) => string | null;
  /** How the context is read chunk by chunk; the size of chunks and batches is the policy's to choose. */
  readonly read: Pick<MapReduceOptions, "overlapChars" | "headingEnd" | "instruction" | "combine">;
  /**
   * Short Python programs that answer from `context` and `question`, those of an episode turn by turn, good ones and dear ones: what
   * a token policy is first taught. None can be trained where they are absent.
   */
  readonly demonstrations?: readonly (readonly string[])[];
  /** What to ask of text that may hold the answer; the text follows it. */
  readonly ask: (question: string) => string;
}
