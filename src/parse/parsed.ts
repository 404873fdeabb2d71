/** The result of parsing a completion: the code to run, the answer, and remarks about its form. */
import type { Completion } from "../types.ts";

/** The parts of a completion that are parsed. */
export type Text = Pick<Completion, "text" | "toolCalls" | "finishReason" | "reasoning">;

/**
 * A remark to the policy about the form of its completion. The parser gives its kind, and the prompt has its words.
 * `cut`: the completion reached its length limit there. `placeholder`: `FINAL(answer)` in a sentence about answering.
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

/** A block of code to run, or the reason why it cannot run. `toolCallId` is the id of its native call; null if there is none. */
export interface ParsedBlock {
  readonly code: string;
  readonly toolCallId: string | null;
  readonly problem: Remark | null;
}

/**
 * An answer in prose. `text`: the answer itself. `variable`: the argument of `FINAL_VAR` in the REPL's language, nearly always the name of
 * a variable in quotes. `expression`: text that may be code, such as an expression with names, which is run if the policy's code
 * made one of them.
 */
export type FinalText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly argument: string }
  | {
      readonly kind: "expression";
      readonly text: string;
      readonly code: string;
      /** Null for code that is always run, such as an f-string. */
      readonly names: readonly string[] | null;
      /** Set if every one of the names must be known, since such text may be prose, too. */
      readonly needsAll?: true;
    };

/** A parsed completion: code to run, an answer, or neither. */
export interface ParsedCompletion {
  readonly blocks: readonly ParsedBlock[];
  /** An answer in prose, which is taken once the blocks have run; null if there is none. */
  readonly final: FinalText | null;
  /** Why there is nothing to run and no answer; null otherwise. */
  readonly invalid: Remark | null;
  /** Remarks about parts that were not taken, or were taken in spite of their form. */
  readonly notes: readonly Remark[];
}

/** A fenced block of code in a completion. */
export interface Fence {
  readonly code: string;
  /** The offsets of the whole fenced block in the completion. */
  readonly start: number;
  readonly end: number;
  /** False if the completion ended before the closing fence. */
  readonly closed: boolean;
}

/** A completion with nothing to run and no answer. */
export function unreadable(invalid: Remark): ParsedCompletion {
  return { blocks: [], final: null, invalid, notes: [] };
}

/** A block that can run. */
export function blockOf(code: string, toolCallId: string | null = null): ParsedBlock {
  return { code, toolCallId, problem: null };
}
