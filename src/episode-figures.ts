/** The figures of an ended episode: its reward, how it split its work, what it read, and what it did twice. */

/** A part of a reward: what was measured, and what it added. */
export interface RewardTerm {
  readonly raw: number;
  readonly weighted: number;
  /** The unit of a cost term; absent for other terms, and in records of 0.1.0. */
  readonly unit?: "dollars" | "tokens";
}

/** A reward with its parts by name. `score` is the raw task score in [0, 1]. */
export interface RewardRecord {
  readonly total: number;
  readonly score: number;
  readonly terms: { readonly [name: string]: RewardTerm };
  /** What each potential gave each turn, weighted. Not part of the total. Absent if the reward has no potentials. */
  readonly steps?: { readonly [name: string]: readonly number[] };
}

/** Calls and tokens of one depth: 0 is the policy, and each level of sub-calls is one more. */
export interface DepthMetrics {
  readonly depth: number;
  /** Calls by purpose; a purpose without calls is absent. */
  readonly calls: { readonly [purpose: string]: number };
  /** If a usage is unknown, its reservation counts. `cachedTokens` are part of `promptTokens`. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Null if a model has no known price. */
  readonly nanoDollars: number | null;
}

/** Figures about an episode, which rewards and tables read. */
export interface Metrics {
  readonly turns: number;
  /** From the policy down; depths without calls are absent. */
  readonly depths: readonly DepthMetrics[];
  /** Prompts of each batch, in the order in which the batches were sent. */
  readonly batchSizes: readonly number[];
  /** Characters that code wrote as output, and how many of them the policy was not shown. */
  readonly printedChars: number;
  readonly cutChars: number;
  /** The share of the context that code printed or sent to sub-models; null if the context is not text. */
  readonly coverage: number | null;
  /** Sub-calls with the same model and prompt as an earlier one of the episode. */
  readonly repeatedSubQueries: number;
  /** Completions of the policy with nothing to run and no answer; absent from records of 0.1.0. */
  readonly invalidCompletions?: number;
  /** What the policy did after it had a right answer; null if only a judge could tell what is right. */
  readonly afterRight: AfterRight | null;
  /** `replSeconds`: the code's own time and the host's around it, without the wait for sub-calls. */
  readonly wallClock: { readonly replSeconds: number };
}

/** What an episode did after it had a right answer. */
export interface AfterRight {
  /** Turns after the first turn with a right standing answer. */
  readonly turns: number;
  /** How often an answer was given again in them, the same or another. */
  readonly answers: number;
}
