/** What reading a completion gives: what to run, what is the answer, and what there is to say about its form. */
import type { Completion } from "../types.ts";

/** The name of the one native function of the `tool` dialect (as verifiers' RLMEnv names it). */
export const REPL_TOOL = "call_python_repl";

/** The part of a completion that is read. */
export type Text = Pick<Completion, "text" | "toolCalls" | "finishReason" | "reasoning">;

/**
 * What is said to the policy about the form of its completion. The parser names the matter, and the prompt words it.
 * `cut`: the completion reached its length there. `placeholder`: `FINAL(answer)` in a sentence about answering.
 */
export type Remark =
  | { readonly kind: "nothing" | "empty" | "filtered" }
  | { readonly kind: "cut"; readonly where: "thoughts" | "block" | "call" | "answer" | "text" | "after" }
  | { readonly kind: "final_beside_code" | "final_in_sentence" | "placeholder" }
  | { readonly kind: "later_blocks"; readonly count: number }
  | { readonly kind: "unnamed_block" | "unfenced_code" | "block_for_call" | "written_call" }
  | { readonly kind: "other_language"; readonly language: string }
  | { readonly kind: "unknown_function"; readonly name: string }
  | { readonly kind: "arguments_not_json" | "arguments_lack_code" };

/** One thing to run, or why it cannot be run. `toolCallId` names the native call that asked for it. */
export interface ParsedBlock {
  readonly code: string;
  readonly toolCallId: string | null;
  readonly problem: Remark | null;
}

/**
 * `text`: the answer itself. `variable`: Python for what holds it, nearly always the name of a variable in quotes.
 * `expression`: text that may be Python for the answer: an f-string, or an expression of these names, which counts if the
 * policy's code made one of them.
 */
export type FinalText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly argument: string }
  | {
      readonly kind: "expression";
      readonly text: string;
      readonly code: string;
      /** Null for an f-string, which is Python whatever its names are. */
      readonly names: readonly string[] | null;
      /** Set if every one of the names must be known, since such text may be prose, too. */
      readonly needsAll?: true;
    };

/** What a completion asks for: code to run, an answer, or neither. */
export interface ParsedCompletion {
  readonly blocks: readonly ParsedBlock[];
  /** An answer written as text, to be taken once the blocks have run. */
  readonly final: FinalText | null;
  /** Why nothing could be read. */
  readonly invalid: Remark | null;
  /** What was read but not taken, or taken in spite of its form. */
  readonly notes: readonly Remark[];
}

/** A fenced block of code in a completion. */
export interface Fence {
  readonly code: string;
  /** Offsets of the whole fence in the completion. */
  readonly start: number;
  readonly end: number;
  /** False where the completion ended before the closing fence. */
  readonly closed: boolean;
}

export function unreadable(invalid: Remark): ParsedCompletion {
  return { blocks: [], final: null, invalid, notes: [] };
}

export function blockOf(code: string, toolCallId: string | null = null): ParsedBlock {
  return { code, toolCallId, problem: null };
}
