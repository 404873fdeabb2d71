/** What a wording of the prompts has to say, and what it is told for it. */
import type { Remark } from "../../parse/parsed.ts";
import type { BlockResult, ContextSummary, Dialect, Limits } from "../../types.ts";

/** What a system prompt may depend on. */
export interface PromptFacts {
  readonly dialect: Dialect;
  /** The model behind `llm_query`; null where there is none. */
  readonly subModel: { readonly windowTokens?: number | undefined } | null;
  /** Whether `rlm_query` begins child episodes. */
  readonly hasChildren: boolean;
  readonly severalBlocks: boolean;
}

/** What the first message to a policy tells of its episode. */
export interface OpeningFacts {
  readonly question: string;
  readonly context: ContextSummary;
  readonly limits: Limits;
  readonly dialect: Dialect;
}

/**
 * What a turn shows beside the output of its blocks. `answer_not_dict`: `answer` was set to a value that is not a dict, whose
 * text then stands in `answer["content"]`. `restored`: names of the REPL that the code had overwritten.
 */
export type TurnRemark =
  | Remark
  | { readonly kind: "answer_not_dict"; readonly isEmpty: boolean }
  | { readonly kind: "restored"; readonly names: readonly string[] }
  | { readonly kind: "await_outside" };

/** What a message to the policy tells of a turn that it has played. */
export interface TurnReport {
  /** Turns taken, this one included. */
  readonly turn: number;
  readonly maxTurns: number;
  readonly dialect: Dialect;
  readonly results: readonly BlockResult[];
  /** Blocks of the same completion that were not run because one before them failed. */
  readonly skipped: number;
  readonly remarks: readonly TurnRemark[];
  /** Whether the policy gave its answer, so that there is nothing left to do. */
  readonly isAnswered: boolean;
}

/** The words of one version of the prompts; records keep which one they were played with. */
export interface Wording {
  systemPrompt(facts: PromptFacts): string;
  /** The first observation. */
  opening(facts: OpeningFacts): string;
  /** What a turn showed. */
  observation(report: TurnReport): string;
  /** A remark as the policy is told it. */
  remark(remark: TurnRemark, dialect: Dialect): string;
}
