/**
 * Where servers put the parts of a reply: a table for each part, with the usual path first. To support a server with another
 * path, add a row here; the models and the gateway both use these tables.
 */
import type { FinishReason, ReasoningFormat } from "../../types.ts";

/** Paths of the number of prompt tokens in a reply. */
export const PROMPT_TOKENS = [
  "usage.prompt_tokens",
  "usage.input_tokens",
  "usage.promptTokens",
  "usage.inputTokens",
  "usage.inputTextTokens",
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

/** Paths of the number of completion tokens. */
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

/** Paths of the number of prompt and completion tokens together. */
export const TOTAL_TOKENS = [
  "usage.total_tokens",
  "usage.totalTokens",
  "usageMetadata.totalTokenCount",
] as const;

/** Paths of the number of prompt tokens that a cache answered; they are part of the prompt tokens. */
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
  "usage.precached_prompt_tokens",
  "usageMetadata.cachedContentTokenCount",
  "meta_info.cached_tokens",
  "timings.cache_n",
  "tokens_cached",
] as const;

/** Prompt tokens that Anthropic does not include in its `input_tokens`. */
export const BESIDE_INPUT_TOKENS = [
  "usage.cache_read_input_tokens",
  "usage.cache_creation_input_tokens",
  "usage.cacheReadInputTokens",
  "usage.cacheWriteInputTokens",
] as const;

/** The two counts that add up to DeepSeek's prompt tokens, if the sum is not given. */
export const PROMPT_HALVES = ["usage.prompt_cache_hit_tokens", "usage.prompt_cache_miss_tokens"] as const;

/** Paths of the number of tokens of the thoughts. */
export const REASONING_TOKENS = [
  "usage.completion_tokens_details.reasoning_tokens",
  "usage.output_tokens_details.reasoning_tokens",
  "usage.reasoning_tokens",
  "usage.reasoningTokens",
  "usage.completion_tokens_details.thinking_tokens",
  "usageMetadata.thoughtsTokenCount",
] as const;

/** Fields of a message with its thoughts. The first one that is not empty is used. */
export const THOUGHT_FIELDS: readonly { readonly field: string; readonly place: ReasoningFormat }[] = [
  { field: "reasoning_content", place: "reasoning_content" },
  { field: "reasoning", place: "reasoning" },
  { field: "thinking", place: "reasoning" },
  { field: "thought", place: "reasoning" },
  { field: "reasoning_text", place: "reasoning" },
  { field: "thinking_content", place: "reasoning" },
  { field: "analysis", place: "reasoning" },
];

/** Types of content parts with text of the reply. */
export const TEXT_PARTS: ReadonlySet<string> = new Set([
  "text",
  "output_text",
  "input_text",
  "refusal",
  "string",
]);
/** The fields of such a part with its text. */
export const TEXT_PART_FIELDS = ["text", "output_text", "content", "refusal", "value"] as const;

/** Types of content parts with thoughts. */
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
/** The fields of such a part with its text. */
export const THOUGHT_PART_FIELDS = [
  "thinking",
  "reasoning",
  "text",
  "summary",
  "content",
  "thought",
] as const;

/** Types of content parts that are function calls. */
export const CALL_PARTS: ReadonlySet<string> = new Set([
  "tool_use",
  "function_call",
  "tool_call",
  "tool-call",
]);

/** Fields of a call with its arguments. */
export const ARGUMENT_FIELDS = ["arguments", "input", "parameters", "args", "params"] as const;
/** Fields of a call with its id. */
export const CALL_ID_FIELDS = ["call_id", "id", "tool_call_id", "toolCallId"] as const;
/** Fields of a call that must be sent back to the server unchanged. */
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

/** Servers' words for why a reply ended, in lower case. */
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
  ["content_filtered", "content_filter"],
  ["spii", "content_filter"],
  ["image_safety", "content_filter"],
  ["model_armor", "content_filter"],
  ["error_toxic", "content_filter"],
  ["moderation", "content_filter"],
]);

/** Servers' words for a reply that broke off. */
export const BROKEN_OFF: ReadonlySet<string> = new Set([
  "error",
  "abort",
  "aborted",
  "network_error",
  "insufficient_system_resource",
  "failed",
  "cancelled",
]);

/** Paths of the prompt's token ids, in the reply or in its first choice. */
export const PROMPT_IDS = [
  "prompt_token_ids",
  "prompt_ids",
  "meta_info.prompt_token_ids",
  "input_ids",
] as const;
/** Paths of the sampled token ids, in the first choice or in the reply. */
export const COMPLETION_IDS = [
  "token_ids",
  "output_ids",
  "completion_token_ids",
  "meta_info.output_ids",
  "tokens",
] as const;

/** Paths of the model's window, in its entry of `/models` or in a server's other pages. */
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
