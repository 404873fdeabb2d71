/** What a row is of the tables that say what the words and codes of servers' errors mean. */
import type { ModelErrorKind } from "../../errors.ts";

/** A way in which servers say that something is wrong. */
export interface ComplaintRow {
  readonly means: Extract<
    ModelErrorKind,
    "window" | "filtered" | "quota" | "loading" | "auth" | "overloaded" | "not_found"
  >;
  /** Whose words they are. */
  readonly of: string;
  readonly codes?: readonly string[];
  /** Groups named `window`, `prompt` and `total` are counts of tokens: of the window, the prompt, and prompt and reply together. */
  readonly words?: RegExp;
  /** The statuses with which the row applies, if the words alone are too common. */
  readonly statuses?: readonly number[];
}
