/** What an ended episode looked like in figures: how it split its work, what it read, and what it did twice. */

/** Calls and tokens of one depth: 0 is the policy, and each level of sub-calls is one more. */
export interface DepthMetrics {
  readonly depth: number;
  /** Calls by purpose; a purpose without calls is absent. */
  readonly calls: { readonly [purpose: string]: number };
  /** Where a usage is unknown, its reservation counts. `cachedTokens` are part of `promptTokens`. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Null where a model has no known price. */
  readonly nanoDollars: number | null;
}

export interface Metrics {
  readonly turns: number;
  /** From the policy down; depths without calls are absent. */
  readonly depths: readonly DepthMetrics[];
  /** Prompts of each batch, in the order in which the batches were sent. */
  readonly batchSizes: readonly number[];
  /** Characters that code wrote as output, and how many of them the policy was not shown. */
  readonly printedChars: number;
  readonly cutChars: number;
  /** The share of the context that code printed or sent to sub-models; null where the context is not text. */
  readonly coverage: number | null;
  /** Sub-calls with a model and a prompt that an earlier one of the episode had. */
  readonly repeatedSubQueries: number;
  /** What was done although a right answer stood; null where nobody can tell without asking a judge. */
  readonly afterRight: AfterRight | null;
  /** `replSeconds`: Python's own time and the host's around it, without the wait for sub-calls. */
  readonly wallClock: { readonly replSeconds: number };
}

export interface AfterRight {
  /** Turns that followed the first one after which a right answer stood. */
  readonly turns: number;
  /** How often the answer was given once more in them, the same one or another. */
  readonly answers: number;
}
