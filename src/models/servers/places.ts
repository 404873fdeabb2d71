/**
 * Where servers put what a reply says: a table for each thing, the usual place first. A server with another place is one more
 * row here, and the models and the gateway both read it.
 */
import type { FinishReason, ReasoningPlace } from "../../types.ts";

/** Paths in a reply that hold the prompt's tokens. */
export const PROMPT_TOKENS = [
  "usage.prompt_tokens",
  "usage.input_tokens",
  "usage.promptTokens",
  "usage.inputTokens",
  "usageMetadata.promptTokenCount",
  "usage.billed_units.input_tokens",
  "usage.tokens.input_tokens",
  "prompt_eval_count",
  "meta_info.prompt_tokens",
  "tokens_evaluated",
  "meta.billed_units.input_tokens",
  "x_groq.usage.prompt_tokens",
  "choices.0.usage.prompt_tokens",
  "choices.0.message.usage.prompt_tokens",
  "prompt_token_count",
  "inputTextTokenCount",
] as const;

/** Paths that hold the tokens of the reply. */
export const COMPLETION_TOKENS = [
  "usage.completion_tokens",
  "usage.output_tokens",
  "usage.completionTokens",
  "usage.outputTokens",
  "usage.generated_tokens",
  "usageMetadata.candidatesTokenCount",
  "usage.billed_units.output_tokens",
  "usage.tokens.output_tokens",
  "eval_count",
  "meta_info.completion_tokens",
  "tokens_predicted",
  "meta.billed_units.output_tokens",
  "x_groq.usage.completion_tokens",
  "choices.0.usage.completion_tokens",
  "choices.0.message.usage.completion_tokens",
  "generation_token_count",
  "results.0.tokenCount",
] as const;

export const TOTAL_TOKENS = [
  "usage.total_tokens",
  "usage.totalTokens",
  "usageMetadata.totalTokenCount",
] as const;

/** Paths that hold prompt tokens which a cache answered, and which are part of the prompt's tokens. */
export const CACHED_TOKENS = [
  "usage.prompt_tokens_details.cached_tokens",
  "usage.input_tokens_details.cached_tokens",
  "usage.prompt_cache_hit_tokens",
  "usage.cached_tokens",
  "usage.num_cached_tokens",
  "usage.prompt_tokens_details.cached_read_tokens",
  "usage.prompt_tokens_details.cache_read_input_tokens",
  "usage.cache_read_input_tokens",
  "usage.cacheReadInputTokens",
  "usage.cached_prompt_tokens",
  "usageMetadata.cachedContentTokenCount",
  "meta_info.cached_tokens",
  "timings.cache_n",
  "tokens_cached",
] as const;

/** Anthropic does not include these in its `input_tokens`. */
export const BESIDE_INPUT_TOKENS = [
  "usage.cache_read_input_tokens",
  "usage.cache_creation_input_tokens",
  "usage.cacheReadInputTokens",
  "usage.cacheWriteInputTokens",
] as const;

/** DeepSeek's two halves of a prompt, where the whole is not given. */
export const PROMPT_HALVES = ["usage.prompt_cache_hit_tokens", "usage.prompt_cache_miss_tokens"] as const;

/** Paths that hold the tokens of the thoughts. */
export const REASONING_TOKENS = [
  "usage.completion_tokens_details.reasoning_tokens",
  "usage.output_tokens_details.reasoning_tokens",
  "usage.reasoning_tokens",
  "usage.reasoningTokens",
  "usage.completion_tokens_details.thinking_tokens",
  "usageMetadata.thoughtsTokenCount",
] as const;

/** Fields of a message that hold thoughts, in the order in which one is preferred to another with the same text. */
export const THOUGHT_FIELDS: readonly { readonly field: string; readonly place: ReasoningPlace }[] = [
  { field: "reasoning_content", place: "reasoning_content" },
  { field: "reasoning", place: "reasoning" },
  { field: "thinking", place: "reasoning" },
  { field: "thought", place: "reasoning" },
  { field: "reasoning_text", place: "reasoning" },
  { field: "thinking_content", place: "reasoning" },
  { field: "analysis", place: "reasoning" },
];

/** Types of content parts whose text is said, and the fields of a part that hold it. */
export const TEXT_PARTS: ReadonlySet<string> = new Set([
  "text",
  "output_text",
  "input_text",
  "refusal",
  "string",
]);
export const TEXT_PART_FIELDS = ["text", "output_text", "content", "refusal", "value"] as const;

/** Types of content parts whose text is thought, and the fields of a part that hold it. */
export const THOUGHT_PARTS: ReadonlySet<string> = new Set([
  "thinking",
  "reasoning",
  "redacted_thinking",
  "reasoning_text",
  "reasoning_content",
  "thought",
  "reasoning.text",
  "reasoning.summary",
  "reasoning.encrypted",
  "summary_text",
]);
export const THOUGHT_PART_FIELDS = [
  "thinking",
  "reasoning",
  "text",
  "summary",
  "content",
  "thought",
] as const;

/** Types of content parts that call a function. */
export const CALL_PARTS: ReadonlySet<string> = new Set([
  "tool_use",
  "function_call",
  "tool_call",
  "tool-call",
]);

/** Fields of a call that hold its arguments, and those that hold its id. */
export const ARGUMENT_FIELDS = ["arguments", "input", "parameters", "args", "params"] as const;
export const CALL_ID_FIELDS = ["call_id", "id", "tool_call_id", "toolCallId"] as const;
/** Fields of a call that go back to the server as they are. */
export const CALL_EXTRAS = ["extra_content", "thought_signature", "provider_specific_fields"] as const;

/** Fields in which proxies and clouds wrap a whole reply, as an object or as its JSON. */
export const WRAPPERS = ["output", "result", "data", "response", "body", "completion"] as const;

/** Fields of a body that hold what was said and nothing else: a text, a list of texts, or a list of objects with one. */
export const WHOLE_TEXTS = [
  "content",
  "generated_text",
  "text",
  "response",
  "generation",
  "result",
  "output",
  "outputText",
  "predictions",
  "outputs",
  "results",
  "generations",
  "completions",
] as const;

/** Why a reply ended, in the words of servers; compared in lower case. */
export const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["complete", "stop"],
  ["completed", "stop"],
  ["end", "stop"],
  ["finish", "stop"],
  ["finished", "stop"],
  ["done", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["max_output_tokens", "length"],
  ["max_length", "length"],
  ["model_length", "length"],
  ["limit", "length"],
  ["incomplete", "length"],
  ["context_length", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_calls", "tool_calls"],
  ["tool_call", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["function_call", "tool_calls"],
  ["tool-calls", "tool_calls"],
  ["content_filter", "content_filter"],
  ["content-filter", "content_filter"],
  ["safety", "content_filter"],
  ["recitation", "content_filter"],
  ["prohibited_content", "content_filter"],
  ["blocklist", "content_filter"],
  ["refusal", "content_filter"],
  ["sensitive", "content_filter"],
  ["guardrail_intervened", "content_filter"],
]);

/** Words for a reply that broke off in the server. */
export const BROKEN_OFF: ReadonlySet<string> = new Set([
  "error",
  "abort",
  "aborted",
  "network_error",
  "malformed_function_call",
  "failed",
  "cancelled",
]);

/** Paths that hold the ids of the prompt's tokens, in the reply or in its first choice. */
export const PROMPT_IDS = [
  "prompt_token_ids",
  "prompt_ids",
  "meta_info.prompt_token_ids",
  "input_ids",
] as const;
/** Paths that hold the ids of the sampled tokens, in the first choice or in the reply. */
export const COMPLETION_IDS = [
  "token_ids",
  "output_ids",
  "completion_token_ids",
  "meta_info.output_ids",
  "tokens",
] as const;

/** Paths in a model's entry of `/models`, or of a server's other pages, that hold the model's window. */
export const WINDOW_TOKENS = [
  "max_model_len",
  "context_length",
  "max_context_length",
  "context_window",
  "max_context_window_tokens",
  "max_input_tokens",
  "meta.n_ctx",
  "meta.nctx",
  "n_ctx",
  "default_generation_settings.n_ctx",
  "top_provider.context_length",
  "max_total_tokens",
  "max_sequence_length",
  "inputTokenLimit",
] as const;
