/**
 * The meanings of servers' errors: a table with a row for each wording or code. The first row that fits counts, so rows that
 * extract more numbers come before those that extract fewer.
 */
import type { ModelErrorKind } from "../../errors.ts";

/** One wording or code of an error. */
export interface ComplaintRow {
  readonly means: Extract<
    ModelErrorKind,
    "window" | "quota" | "loading" | "auth" | "overloaded" | "not_found"
  >;
  /** The server that uses it. */
  readonly of: string;
  readonly codes?: readonly string[];
  /** The named groups `window`, `prompt` and `total` are token counts of the window, the prompt, and prompt plus reply. */
  readonly words?: RegExp;
  /** The row fits only these statuses, if the words alone are ambiguous. */
  readonly statuses?: readonly number[];
}

const N = String.raw`\d[\d,_.]*`;
const re = (source: string) =>
  new RegExp(
    source
      .replaceAll("<window>", `(?<window>${N})`)
      .replaceAll("<prompt>", `(?<prompt>${N})`)
      .replaceAll("<total>", `(?<total>${N})`)
      .replaceAll("<n>", N),
    "i",
  );

/** Windows first, then quotas, which have the status of rate limits. */
export const COMPLAINT_ROWS: readonly ComplaintRow[] = [
  // The prompt does not fit.
  {
    means: "window",
    of: "vLLM",
    words: re(
      "maximum (?:context|model) length (?:is|of) <window>(?: tokens)?[^]{0,40}?request has <prompt> input tokens",
    ),
  },
  {
    means: "window",
    of: "vLLM, OpenAI",
    words: re(
      String.raw`maximum context length is <window> tokens[^]{0,80}?\(<prompt> (?:in|of) (?:the|your|text)`,
    ),
  },
  {
    means: "window",
    of: "vLLM",
    words: re(
      "maximum context length is <window> tokens[^]{0,80}?(?:input|prompt) contains (?:at least )?<prompt>",
    ),
  },
  {
    means: "window",
    of: "OpenAI",
    words: re(
      "maximum context length is <window> tokens[^]{0,60}?(?:messages|prompt|input)[^]{0,20}? (?:resulted in|has) <prompt>",
    ),
  },
  {
    means: "window",
    of: "xAI",
    words: re("maximum prompt length is <window> but the request contains <prompt>"),
  },
  {
    means: "window",
    of: "vLLM",
    words: re(
      String.raw`(?:prompt|input) \((?:length|total length) <prompt>\)[^]{0,30}?(?:longer than|exceeds|too long)[^]{0,40}?(?:of|is|than) <window>`,
    ),
  },
  {
    means: "window",
    of: "vLLM, Fireworks",
    words: re("prompt is too long[^\\d]{0,20}<prompt>(?: tokens)?(?:[^\\d]{1,40}<window>)?"),
  },
  {
    means: "window",
    of: "vLLM, llama.cpp, TGI",
    words: re("max(?:_completion|_new)?_tokens must be at least 1, got -"),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(String.raw`input \(<prompt> tokens\) is longer than the model'?s context length \(<window>`),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(String.raw`input length \(<prompt> tokens\) exceeds the maximum allowed length \(<window>`),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(
      String.raw`requested token count exceeds the model'?s maximum context length of <window>[^]{0,80}?<prompt> tokens from the input`,
    ),
  },
  {
    means: "window",
    of: "OpenAI, DeepSeek, vLLM",
    words: re("maximum context length is <window> tokens[^]{0,30}?requested(?: about)? <total>"),
  },
  { means: "window", of: "OpenAI, DeepSeek, SGLang", words: re("maximum context length (?:is|of) <window>") },
  {
    means: "window",
    of: "OpenAI, for a request that no minute has room for",
    words: re("request too large for [^]{0,120}?tokens per min"),
  },
  {
    means: "window",
    of: "llama.cpp",
    codes: ["exceed_context_size_error"],
    words: re(
      String.raw`(?:request|prompt)(?: \(<prompt> tokens\))? exceeds the available context size(?: \(<window>)?`,
    ),
  },
  {
    means: "window",
    of: "llama-cpp-python",
    words: re(String.raw`requested tokens \(<prompt>\) exceed context window of <window>`),
  },
  { means: "window", of: "Ollama", words: re("input length exceeds (?:the|maximum) context length") },
  {
    means: "window",
    of: "Ollama",
    words: re("prompt (?:is )?too long[;:,] exceeded (?:max|maximum)? ?context"),
  },
  {
    means: "window",
    of: "LM Studio",
    words: re(
      "(?:the model is loaded with context length of only|context length of (?:only )?)<window> tokens",
    ),
  },
  {
    means: "window",
    of: "LM Studio",
    words: re("context the overflows|context overflow|exceeds? (?:the )?context window"),
  },
  {
    means: "window",
    of: "TGI",
    words: re(
      String.raw`inputs?.{0,3} tokens \+ .{0,3}max_new_tokens.{0,3} must be <= <window>\. Given: <prompt>`,
    ),
  },
  {
    means: "window",
    of: "TGI",
    words: re("inputs?.{0,3} must have less than <window> tokens\\. Given: <prompt>"),
  },
  { means: "window", of: "TGI", words: re("input is too long|inputs? too long") },
  { means: "window", of: "Anthropic", words: re("prompt is too long: <prompt> tokens > <window> maximum") },
  {
    means: "window",
    of: "Anthropic",
    words: re(String.raw`exceed context limit: <prompt> \+ <n> > <window>`),
  },
  {
    means: "window",
    of: "Gemini",
    words: re(
      String.raw`input token count(?: \(<prompt>\))?[^]{0,20}exceeds the maximum number of tokens allowed \(?<window>`,
    ),
  },
  {
    means: "window",
    of: "Mistral",
    words: re("prompt contains <prompt> tokens[^]{0,60}?too large for model with <window>"),
  },
  {
    means: "window",
    of: "Cohere",
    words: re("too many tokens:[^]{0,80}?(?:cannot exceed|max(?:imum)?(?: tokens)? (?:is|of)) <window>"),
  },
  {
    means: "window",
    of: "Groq, Cerebras",
    words: re(
      "reduce the length of the messages(?: or completion)?[^]{0,40}?current length is <prompt> while limit is <window>",
    ),
  },
  { means: "window", of: "Groq, Cerebras", words: re("reduce the length of the messages") },
  {
    means: "window",
    of: "Moonshot",
    words: re("exceeded model token limit: <window>(?:[^]{0,20}requested: <prompt>)?"),
  },
  { means: "window", of: "Moonshot", words: re("input token length too long") },
  {
    means: "window",
    of: "DashScope",
    words: re(String.raw`range of input length should be \[1, ?<window>\]`),
  },
  { means: "window", of: "Zhipu", codes: ["1261"], words: re("prompt exceeds max length") },
  {
    means: "window",
    of: "Bedrock",
    words: re("input is too long for requested model|input tokens exceeds? the model's"),
  },
  { means: "window", of: "Bedrock", words: re("too many input tokens") },
  { means: "window", of: "LiteLLM", words: re("contextwindowexceedederror") },
  {
    means: "window",
    of: "TensorRT-LLM",
    words: re(
      String.raw`prompt length \(<prompt>\) should not exceed max_(?:num_tokens|input_len) \(?<window>`,
    ),
  },
  {
    means: "window",
    of: "LMDeploy, MLX",
    words: re(
      "(?:input|prompt|sequence)(?: token)?s? (?:length|size)?[^]{0,20}(?:exceeds?|longer than|larger than)[^]{0,30}(?:session[_ ]len|max(?:imum)? (?:sequence|model|context|position)|context (?:length|size|window)|max_(?:seq|model|position))",
    ),
  },
  {
    means: "window",
    of: "OpenAI's Responses",
    codes: [
      "context_length_exceeded",
      "context_window_exceeded",
      "string_above_max_length",
      "model_context_window_exceeded",
    ],
    words: re("exceeds the context window of this model"),
  },
  {
    means: "window",
    of: "Databricks, Azure",
    words: re(
      "(?:exceeds?|exceeded|past|over) (?:the |its )?(?:max(?:imum)? )?(?:context|model) ?_?(?:length|window|len|limit)",
    ),
  },
  {
    means: "window",
    of: "others",
    words: re(
      "context.?length|context window|max_model_len|too many tokens in (?:the )?prompt|token limit exceeded",
    ),
  },
  // Nothing is left of the account. Before rate limits, which have the same status.
  {
    means: "quota",
    of: "OpenAI",
    codes: ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated"],
  },
  {
    means: "quota",
    of: "OpenAI, Azure",
    words: /exceeded your current quota|quota (?:is )?exhausted|check your plan and billing/i,
  },
  {
    means: "quota",
    of: "DeepSeek, OpenRouter, Fireworks",
    codes: [
      "insufficient_balance",
      "payment_required",
      "insufficient_credits",
      "billing_error",
      "insufficient_funds",
    ],
  },
  {
    means: "quota",
    of: "DeepSeek, OpenRouter, Anthropic, Moonshot",
    words:
      /insufficient (?:balance|credit|fund|quota)|credit balance is too low|requires more credits|not enough credits|negative credit|(?:account|credits?|balance)[^.]{0,30}(?:overdue|arrears|exhausted|depleted|suspended)|spend(?:ing)? limit|out of credits/i,
  },
  {
    means: "quota",
    of: "xAI, Together",
    words:
      /(?:used all|run out of|has no)[^.]{0,40}credits|monthly (?:spending|usage) limit|payment required/i,
  },
  {
    means: "quota",
    of: "DashScope",
    codes: ["arrearage", "allocationquota.freetieronly", "exceeded_current_quota_error"],
  },
  { means: "quota", of: "Zhipu", codes: ["1113"] },
  { means: "quota", of: "MiniMax", words: /token plan exhausted/i },
  { means: "quota", of: "any", statuses: [402] },
  // The server is up and its model is not.
  {
    means: "loading",
    of: "llama.cpp, Ollama",
    words:
      /(?<!error |failed )\bloading model\b|model is (?:currently )?(?:still )?loading|llm server loading model/i,
  },
  { means: "loading", of: "Hugging Face", words: /currently loading|estimated_time/i },
  {
    means: "loading",
    of: "vLLM, SGLang, TGI",
    words:
      /(?:server|engine|model|service) is (?:still |not )?(?:starting|warming up|initiali[sz]ing|ready yet|loaded yet)|(?:model|server|engine) (?:is )?not ready|no (?:healthy|ready) (?:upstream|workers?|backends?) ?(?:yet|available)?/i,
    statuses: [502, 503, 504, 425],
  },
  {
    means: "loading",
    of: "LM Studio, RunPod",
    words: /no models? (?:is |are )?(?:loaded|running) yet|worker is (?:starting|initializing|cold)/i,
  },
  // The key.
  {
    means: "auth",
    of: "Gemini, xAI",
    codes: [
      "api_key_invalid",
      "invalid_api_key",
      "authentication_error",
      "unauthenticated",
      "permission_denied",
      "permission_error",
      "invalid_authentication_error",
    ],
  },
  {
    means: "auth",
    of: "Gemini",
    words:
      /api key not valid|incorrect api key|invalid api key|invalid x-api-key|no auth credentials|api key (?:not found|expired|is missing|required)/i,
  },
  // No such model.
  {
    means: "not_found",
    of: "OpenAI, Ollama",
    codes: ["model_not_found", "not_found_error", "deployment_not_found", "deploymentnotfound"],
  },
  {
    means: "not_found",
    of: "vLLM, Ollama",
    words:
      /model ['"`]?[^'"`]{1,200}['"`]? (?:does not exist|not found|is not available)|is not a valid model id/i,
  },
  // Too much to do.
  {
    means: "overloaded",
    of: "Anthropic, OpenAI",
    codes: [
      "overloaded_error",
      "rate_limit_error",
      "rate_limit_exceeded",
      "rate_limit_reached",
      "too_many_requests",
      "resource_exhausted",
      "server_overloaded",
      "engine_overloaded_error",
      "slow_down",
      "service_unavailable",
      "unavailable",
      "server_error",
      "internal_error",
      "internal_server_error",
      "api_error",
      "timeout_error",
      "throttlingexception",
      "throttling",
    ],
  },
  {
    means: "overloaded",
    of: "any",
    words:
      /overloaded|rate.?limit|too many requests|try again (?:later|shortly)|retry (?:later|shortly|your request)|temporarily (?:unavailable|rate)|at capacity|upstream (?:error|went away|connect|request timeout)|bad gateway|gateway time-?out|queue is full|server is busy|internal server error|engine (?:process )?(?:died|is dead)|cuda out of memory/i,
  },
];
