/** What a language writes for the moves of the macro policy, beside what it writes for the strategies. */
import type { ContextSummary } from "../../types.ts";

/** The code of one language. A find keeps `hits` or `reply`, as in `StrategyCode`; a result is kept for the moves that follow. */
export interface MoveCode {
  /** What begins a comment. */
  readonly comment: string;
  /** What must come before a search, and before a result is kept: both happen more than once. Empty where a name is bound anew. */
  readonly forgetFound: string;
  readonly forgetResult: string;
  /** Shows the beginning of the context. */
  peek(context: ContextSummary): string;
  /** Makes the hits the result, separated by commas. */
  readonly keepHits: string;
  /** Makes the sub-model's reply the result. */
  readonly keepReply: string;
  /** Makes a text the result. */
  keepText(text: string): string;
  /** Prints `result: ` and the beginning of the result, on one line. */
  readonly show: string;
  /** Prints a line. */
  print(line: string): string;
  /** Prints `verification agrees` if the reply holds the result, and `verification differs` if not. */
  readonly compare: string;
}
