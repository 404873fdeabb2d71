/** What a request to a server is made of besides the conversation. */
import type { MessageForm } from "./messages-to-send.ts";

/** How replies are sampled, where the request does not say. Fields that are absent are not sent. */
export interface Sampling {
  readonly temperature?: number;
  /** Nucleus sampling: the share of probability that is sampled from, above 0 and at most 1. */
  readonly topP?: number;
  /** Texts at which the reply ends. */
  readonly stop?: readonly string[];
  /** How long the model thinks, in the server's words: `minimal`, `low`, `medium`, `high` … */
  readonly reasoningEffort?: string;
}

/** What a body is made of besides the request. */
export interface Asking {
  readonly model: string;
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  readonly sampling: Sampling;
  readonly forms: ReadonlySet<MessageForm>;
  readonly tokenIds: boolean;
  readonly logprobs: boolean;
}
