/** The record of one model call, and sums over calls. */
import type { Decision, Reasoning, SampledTokens, Usage, UsageSource } from "./types.ts";

/** Who made a call, and why. */
export type CallPurpose = "policy" | "llm_query" | "rlm_query" | "judge" | "summary" | "ping";

/** What code granted one delegation: tokens, or dollars, or both. */
export interface Granted {
  readonly tokens?: number;
  readonly dollars?: number;
}

/** An image of a prompt; the record does not hold the image itself. */
export interface ImageFacts {
  /** Such as `image/png`. */
  readonly type: string;
  readonly bytes: number;
  /** Of the data URL. */
  readonly sha256: string;
}

/** One model completion: by the policy (depth 0) or from the REPL (depth ≥ 1). Money in integer nano-dollars. */
export interface Call {
  /** Position in the ledger of its episode, from 0. */
  readonly id: number;
  readonly purpose: CallPurpose;
  /** Set if `rlm_query` made a plain call because `maxDepth` left no room for an episode. */
  readonly plain?: true;
  /** The cap on the completion's tokens that the code named; absent if it named none. */
  readonly maxTokens?: number;
  /** What the code granted the call; absent if it named nothing. */
  readonly grant?: Granted;
  /** How hard the model was asked to think. */
  readonly effort?: string;
  /** The system message before the prompt. */
  readonly system?: string;
  /** The images that went with the prompt. */
  readonly images?: readonly ImageFacts[];
  /** Set if the reply had to match a schema: 0 for the first reply, and the number of the repair for later ones. */
  readonly repair?: number;
  /** The number of the handle, if the code did not wait for the call. */
  readonly handle?: number;
  /** Of a ping: the ids of the calls that timed out before it; empty if the policy of a child did. */
  readonly timedOut?: readonly number[];
  readonly depth: number;
  readonly turn: number;
  /** Index in `results` of the block that made the call; absent for the first block. */
  readonly block?: number;
  /** The batch that the call belonged to, and its index there; null for a single call. */
  readonly batch: { readonly id: number; readonly index: number; readonly size: number } | null;
  readonly model: string;
  /** The sub-call's prompt; null for the policy, whose prompt is the turns before. */
  readonly prompt: string | null;
  readonly reply: string | null;
  /** Set if the code asked for the thoughts besides the reply. */
  readonly asksReasoning?: true;
  /** What a sub-model thought before it replied; the policy's thoughts are in its turn. */
  readonly reasoning?: Reasoning;
  readonly error: string | null;
  /** Null if nobody reported it; the reservation then counts instead. */
  readonly usage: Usage | null;
  readonly usageSource: UsageSource;
  /** Set if the reply came from a cache: the usage is that of the original request. */
  readonly cached?: true;
  /** What the budget reserved for the call before it was sent. */
  readonly reserved: Usage;
  /** Null if the model's price is unknown. */
  readonly nanoDollars: number | null;
  readonly attempts: number;
  /** The seed that it was sampled with, if the episode set one; sub-calls without it used that of their episode. */
  readonly seed?: number;
  readonly tokens?: SampledTokens;
  /** Set if a network of macro moves, or a plan of them, made the turn. */
  readonly decision?: Decision;
  /** How long the call took, and how long after the start of its episode it began. */
  readonly wallClock: { readonly seconds: number; readonly startedSeconds?: number };
}

/** Sums over calls. Null money: at least one call's model has no known price. */
export interface Totals {
  readonly calls: number;
  /** Calls that a cache answered; the sums include their usage and price as if a model had answered. */
  readonly cachedCalls: number;
  /** Calls of unknown usage; the sums include their reservations instead. */
  readonly callsOfUnknownUsage: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly nanoDollars: number | null;
  /** Tokens used beyond the reservations of their calls; nothing was sent after the first of them. */
  readonly overshootTokens: number;
}
