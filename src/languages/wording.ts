/** The interface of a wording of the prompts, and the facts that it gets. */
import type { Remark } from "../parse/parsed.ts";
import type { BlockResult, ContextSummary, Dialect, Limits } from "../types.ts";

/** The facts on which a system prompt may depend. */
export interface PromptFacts {
  readonly dialect: Dialect;
  /** The model behind `llm_query`; null if there is none. */
  readonly subModel: { readonly windowTokens?: number | undefined } | null;
  /** Whether `rlm_query` begins child episodes. */
  readonly hasChildren: boolean;
  readonly severalBlocks: boolean;
}

/** The facts for the first observation. */
export interface OpeningFacts {
  readonly question: string;
  readonly context: ContextSummary;
  readonly limits: Limits;
  readonly dialect: Dialect;
  /** Whether the text must not depend on the context's length. */
  readonly hidesLength?: boolean;
}

/**
 * A remark in an observation. `answer_not_dict`: `answer` was set to a value that is not a dict; the value's text is now in
 * `answer["content"]`. `restored`: the code overwrote these reserved names, and they were restored.
 */
export type TurnRemark =
  | Remark
  | { readonly kind: "answer_not_dict"; readonly isEmpty: boolean }
  | { readonly kind: "restored"; readonly names: readonly string[] }
  | { readonly kind: "await_outside" }
  /** A block that failed reads like code of the language with this title. */
  | { readonly kind: "foreign_code"; readonly title: string };

/** The facts for the observation of a turn. */
export interface TurnReport {
  /** The number of turns so far, including this one. */
  readonly turn: number;
  readonly maxTurns: number;
  readonly dialect: Dialect;
  readonly results: readonly BlockResult[];
  /** Blocks of the same completion that were not run because one before them failed. */
  readonly skipped: number;
  readonly remarks: readonly TurnRemark[];
  /** Whether the policy has given its answer. */
  readonly isAnswered: boolean;
}

/** One wording of the prompts. Records name the wording they were played with. */
export interface Wording {
  systemPrompt(facts: PromptFacts): string;
  /** The first observation. */
  opening(facts: OpeningFacts): string;
  /** The observation of a turn. */
  observation(report: TurnReport): string;
  /** The text of a remark. */
  remark(remark: TurnRemark, dialect: Dialect): string;
}
