/** How servers say that a prompt exceeds the window. */
import type { ErrorRow } from "./rows.ts";
import { FURTHER_WINDOW_ERRORS, row, told } from "./window-words.ts";

export const WINDOW_ERRORS: readonly ErrorRow[] = [
  ...FURTHER_WINDOW_ERRORS,
  row(
    "vLLM: the messages alone",
    400,
    {
      object: "error",
      message:
        "This model's maximum context length is 8192 tokens. However, you requested 9319 tokens (9219 in the messages, 100 in the completion). Please reduce the length of the messages or completion.",
      type: "BadRequestError",
      code: 400,
    },
    8192,
  ),
  row(
    "vLLM: no room for a reply",
    400,
    told("max_tokens must be at least 1, got -36", { type: "BadRequestError" }),
  ),
  row(
    "vLLM: the decoder prompt",
    400,
    told(
      "The decoder prompt (length 10127) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    ),
    8192,
  ),
  row(
    "vLLM: a cap past the window",
    400,
    told(
      "'max_tokens' or 'max_completion_tokens' is too large: 100. This model's maximum context length is 8192 tokens and your request has 8190 input tokens (100 > 8192 - 8190).",
    ),
    8192,
  ),
  row(
    "vLLM: at least so many",
    400,
    told(
      "This model's maximum context length is 8192 tokens. However, your prompt contains at least 8193 input tokens.",
    ),
    8192,
  ),
  row(
    "llama.cpp",
    400,
    {
      error: {
        code: 400,
        type: "exceed_context_size_error",
        message: "request (9000 tokens) exceeds the available context size (8192 tokens)",
      },
    },
    8192,
  ),
  row(
    "llama.cpp, older, with status 500 and counts in fields",
    500,
    {
      error: {
        code: 500,
        message:
          "the request exceeds the available context size. try increasing the context size or enable context shift",
        type: "exceed_context_size_error",
        n_prompt_tokens: 1407,
        n_ctx: 256,
      },
    },
    256,
  ),
  row(
    "llama.cpp with status 200",
    200,
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 14_429,
        n_ctx: 8192,
      },
    },
    8192,
  ),
  row("llama-cpp-python", 500, told("Requested tokens (2285) exceed context window of 2048"), 2048),
  row(
    "OpenAI",
    400,
    told(
      "This model's maximum context length is 4097 tokens. However, your messages resulted in 6988 tokens. Please reduce the length of the messages.",
      { code: "context_length_exceeded", param: "messages" },
    ),
    4097,
  ),
  row(
    "OpenAI's Responses",
    400,
    told("Your input exceeds the context window of this model. Please adjust your input and try again.", {
      code: "context_length_exceeded",
      param: "input",
    }),
  ),
  row(
    "OpenAI: more than a minute allows",
    429,
    told(
      "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 80000.",
      { code: "rate_limit_exceeded" },
    ),
  ),
  row("Ollama", 400, { error: "the input length exceeds the context length" }),
  row(
    "SGLang",
    400,
    {
      object: "error",
      message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
      type: "BadRequestError",
      code: 400,
    },
    40_960,
  ),
  row(
    "SGLang: of the engine",
    400,
    told(
      "Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens). Use a shorter input or enable --allow-auto-truncate.",
    ),
    59_862,
  ),
  row(
    "SGLang: prompt and reply",
    400,
    told(
      "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 36000 tokens: 35900 tokens from the input messages and 100 tokens for the completion.",
    ),
    32_768,
  ),
  row(
    "TGI",
    422,
    {
      error:
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4090 `inputs` tokens and 100 `max_new_tokens`",
      error_type: "validation",
    },
    4096,
  ),
  row(
    "TGI: the inputs alone",
    422,
    {
      error: "Input validation error: `inputs` must have less than 4095 tokens. Given: 5000",
      error_type: "validation",
    },
    4095,
  ),
  row(
    "Anthropic",
    400,
    {
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 215000 tokens > 200000 maximum" },
    },
    200_000,
  ),
  row(
    "Anthropic: prompt and reply",
    400,
    {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "input length and `max_tokens` exceed context limit: 199990 + 100 > 200000, decrease input length or `max_tokens` and try again",
      },
    },
    200_000,
  ),
  row(
    "Gemini, whose errors are a list",
    400,
    [
      {
        error: {
          code: 400,
          message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    1_048_576,
  ),
  row(
    "Mistral",
    400,
    {
      object: "error",
      message:
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      type: "invalid_request_prompt",
    },
    32_768,
  ),
  row(
    "DeepSeek",
    400,
    told(
      "This model's maximum context length is 65536 tokens. However, you requested 70100 tokens (70000 in the messages, 100 in the completion).",
    ),
    65_536,
  ),
  row(
    "xAI",
    400,
    {
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    131_072,
  ),
  row(
    "OpenRouter",
    400,
    told(
      "This endpoint's maximum context length is 200000 tokens. However, you requested about 211000 tokens (210900 of text input, 100 in the output).",
    ),
    200_000,
  ),
  row(
    "OpenRouter, in the provider's words",
    400,
    told("Provider returned error", {
      code: 400,
      metadata: {
        raw: '{"error":{"message":"prompt is too long: 215001 tokens > 200000 maximum"}}',
        provider_name: "Anthropic",
      },
    }),
    200_000,
  ),
  row(
    "Groq",
    400,
    told("Please reduce the length of the messages or completion.", { code: "context_length_exceeded" }),
  ),
  row(
    "Cerebras",
    400,
    {
      message:
        "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
      type: "invalid_request_error",
      code: "context_length_exceeded",
    },
    8192,
  ),
  row(
    "Cohere",
    400,
    {
      message:
        "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt.",
    },
    4081,
  ),
  row("Fireworks", 400, told("The prompt is too long: 40000, model maximum context length: 32768"), 32_768),
  row(
    "Moonshot",
    400,
    told("Invalid request: Your request exceeded model token limit: 8192 (requested: 9000)"),
    8192,
  ),
  row(
    "DashScope",
    400,
    { code: "InvalidParameter", message: "Range of input length should be [1, 98304]" },
    98_304,
  ),
  row("Zhipu", 400, { error: { code: "1261", message: "Prompt exceeds max length" } }),
  row("Bedrock", 400, { message: "Input is too long for requested model." }),
  row(
    "LM Studio",
    400,
    {
      error:
        "Trying to keep the first 4100 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
    },
    4096,
  ),
  row(
    "LiteLLM",
    400,
    told("litellm.ContextWindowExceededError: litellm.BadRequestError: too long", {
      type: null,
      code: "400",
    }),
  ),
  row("TensorRT-LLM", 400, told("Prompt length (9000) should not exceed max_num_tokens (8192)"), 8192),
  row("LMDeploy", 400, told("input token length exceeds session_len")),
  row("an unknown server", 413, { detail: "context window exceeded" }),
];
