/** The parts of a server request besides the conversation. */
import type { MessageForm } from "./messages-to-send.ts";

/** How replies are sampled if the request does not say. Absent fields are not sent. */
export interface Sampling {
  readonly temperature?: number;
  /** Nucleus sampling: the probability mass to sample from, above 0 and at most 1. */
  readonly topP?: number;
  /** Texts at which the reply ends. */
  readonly stop?: readonly string[];
  /** How long the model thinks, in the server's terms: `minimal`, `low`, `medium`, `high` … */
  readonly reasoningEffort?: string;
}

/** The inputs of a body besides the request. */
export interface Asking {
  readonly model: string;
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  readonly sampling: Sampling;
  readonly forms: ReadonlySet<MessageForm>;
  readonly tokenIds: boolean;
  readonly logprobs: boolean;
}
