/** What a benchmark provides for policies of macro moves: how each move is written for its questions. */
import type { ContextSummary } from "../types.ts";
import type { MapReduceOptions, ReplyReduction } from "./strategies/map-reduce.ts";

/** The kinds of questions, as far as their words tell. A macro policy sees only this of a question. */
export const FAMILIES = ["needle", "needles", "labels", "lines", "documents", "other"] as const;
/** The kind of a question. */
export type Family = (typeof FAMILIES)[number];

/** What code counts to answer a question: it prints the counts, and the policy reads the answer from what is printed. */
export interface Counting {
  readonly code: (source: "replies" | "context") => string;
  readonly answer: (printed: string) => string;
}

/** How moves come to a result in languages other than Python: by counts, by a pattern, or from replies. */
export interface MovesElsewhere {
  /** What code counts for a question in the language of a name; null if it cannot. */
  readonly counts?: (question: string, language: string) => Counting | null;
  /** What a grep searches for: a regular expression whose first group is a part of the answer; null if the question gives none. */
  readonly pattern?: (question: string) => string | null;
  /** How the replies of a reading become a result, where nothing is counted. */
  readonly reduce?: ReplyReduction;
}

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
  /** Without this, moves are written in Python alone. A grep that it does not write is not legal in the other languages. */
  readonly elsewhere?: MovesElsewhere;
  /** The question about a text that may have the answer. The text follows it. */
  readonly ask: (question: string) => string;
}
