/** Errors as users reported them of many servers. */
import type { ErrorRow } from "./rows.ts";
import { row, told } from "./window-words.ts";

const error = (
  quirk: string,
  kind: string,
  retried: boolean,
  status: number,
  body: unknown,
  says?: string,
): ErrorRow => ({
  quirk,
  kind,
  retried,
  status,
  body,
  ...(says !== undefined && { says }),
});

const WINDOWS: readonly ErrorRow[] = [
  row(
    "LM Studio: tokens to keep",
    400,
    {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247 >= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter prompt.",
    },
    4096,
  ),
  row(
    "LM Studio: with status 200, as an event",
    200,
    'event: error\ndata: {"error":{"message":"Context size has been exceeded."},"message":"Context size has been exceeded."}\n\n',
  ),
  row(
    "LM Studio: the overflow that it names",
    400,
    {
      error:
        "Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough.",
    },
    32_768,
  ),
  row(
    "vLLM: as it says it since 0.14",
    400,
    told(
      "You passed 8193 input tokens and requested 100 output tokens. However, the model's context length is only 8192 tokens, resulting in a maximum input length of 8092 tokens. Please reduce the length of the input prompt.",
      { type: "BadRequestError", param: "input_tokens", code: 400 },
    ),
    8192,
  ),
  row(
    "vLLM: as an event of a stream",
    200,
    'data: {"error": {"message": "This model\'s maximum context length is 8192 tokens. However, your request has 9000 input tokens.", "type": "BadRequestError", "code": 400}}\n\ndata: [DONE]\n\n',
    8192,
  ),
  row(
    "llama.cpp: before it had a type for it",
    400,
    told(
      "the request exceeds the available context size. try increasing the context size or enable context shift",
      { type: "invalid_request_error", code: 400 },
    ),
  ),
  row(
    "Cloudflare: an estimate",
    413,
    {
      errors: [
        {
          message:
            "AiError: AiError: The estimated number of input and maximum output tokens (9000) exceeded this model context window limit (8192).",
          code: 5021,
        },
      ],
      success: false,
      result: {},
      messages: [],
    },
    8192,
  ),
  row(
    "Snowflake",
    400,
    { message: "max tokens of 8192 exceeded", request_id: "r", error_code: "390142" },
    8192,
  ),
  row(
    "watsonx",
    400,
    {
      errors: [
        {
          code: "invalid_request_entity",
          message: "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model",
        },
      ],
      trace: "t",
      status_code: 400,
    },
    8192,
  ),
  row("Amazon Nova", 400, {
    message:
      "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.",
  }),
  row(
    "Vertex",
    400,
    [
      {
        error: {
          code: 400,
          message:
            "Unable to submit request because the input token count is 1200000 but model only supports up to 1048576. Reduce the input token count and try again.",
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    1_048_576,
  ),
  row(
    "Databricks: a provider's words as JSON within the message",
    400,
    {
      error_code: "BAD_REQUEST",
      message:
        '{"external_model_provider":"anthropic","external_model_error":{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9000 tokens > 8192 maximum"}}}',
    },
    8192,
  ),
  row(
    "a server's own words: the prompt exceeds its limit",
    400,
    told("Prompt of 9000 tokens is larger than the allowed 8192 tokens"),
  ),
  row(
    "Bedrock: Mistral's prompt",
    400,
    {
      message: "This model's maximum context length is 32768 tokens. Please reduce the length of the prompt",
    },
    32_768,
  ),
];

const OTHERS: readonly ErrorRow[] = [
  error(
    "Gemini: a quota by the minute, which is a rate",
    "overloaded",
    true,
    429,
    [
      {
        error: {
          code: 429,
          message:
            "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10 Please retry in 0.002s.",
          status: "RESOURCE_EXHAUSTED",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "0.002s" }],
        },
      },
    ],
    "limits the rate",
  ),
  error("Gemini: a quota by the day", "quota", false, 429, [
    {
      error: {
        code: 429,
        message: "You exceeded your current quota, please check your plan and billing details.",
        status: "RESOURCE_EXHAUSTED",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
          },
        ],
      },
    },
  ]),
  error(
    "Azure: a rate that it calls a tier's",
    "overloaded",
    true,
    429,
    told(
      "Requests to the ChatCompletions_Create Operation have exceeded the token rate limit of your current AIServices S0 pricing tier. Please retry after 0 seconds.",
      { code: "429" },
    ),
    "limits the rate",
  ),
  error("Bedrock: too many tokens at once, which is a rate", "overloaded", true, 429, {
    message: "Too many tokens, please wait before trying again.",
  }),
  error("Bedrock: a model's failure, as 424", "overloaded", true, 424, {
    message: "The system encountered an unexpected error during processing. Try your request again.",
  }),
  error(
    "Groq: no room at its flexible tier, as 498",
    "overloaded",
    true,
    498,
    told("Flex tier capacity exceeded", { type: "capacity_exceeded" }),
  ),
  error("SiliconFlow: a balance, as 403", "quota", false, 403, {
    code: 30_001,
    message: "Sorry, your account balance is insufficient",
    data: null,
  }),
  error(
    "SiliconFlow: a rate, as 403",
    "overloaded",
    true,
    403,
    '"RPM limit exceeded. Please complete identity verification to lift the restriction."',
  ),
  error(
    "Volcengine: a limit that was set, which lasts",
    "quota",
    false,
    429,
    told(
      "Your account [1] has reached the set inference limit for the [m] model, and the model service has been paused.",
      { code: "SetLimitExceeded", type: "TooManyRequests" },
    ),
  ),
  error(
    "Fireworks: a suspended account, as 412",
    "quota",
    false,
    412,
    told("Account a is suspended, possibly due to reaching the monthly spending limit", { type: "error" }),
  ),
  error("Together: its limit of credit", "quota", false, 402, {
    id: "i",
    error: {
      message: "Credit limit exceeded, please navigate to billing",
      type: "credit_limit",
      param: null,
      code: null,
    },
  }),
  error("LM Studio: a model that crashed, as 400", "overloaded", true, 400, {
    error: "The model has crashed without additional information. (Exit code: 6)",
  }),
  error("LM Studio: a model that was unloaded, as 400", "overloaded", true, 400, {
    error: "Model unloaded.",
  }),
  error("TGI: a generation that was not completed", "overloaded", true, 500, {
    error: "Incomplete generation",
    error_type: "incomplete_generation",
  }),
  error("OpenRouter: a provider's network, behind a stop that says nothing", "overloaded", true, 200, {
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        native_finish_reason: "network_error",
        message: { role: "assistant", content: "" },
      },
    ],
  }),
  error(
    "OpenRouter: a provider that broke off amid a text",
    "overloaded",
    true,
    200,
    {
      choices: [
        {
          index: 0,
          finish_reason: "error",
          error: { code: 502, message: "Network connection lost." },
          message: { role: "assistant", content: "FINAL(" },
        },
      ],
    },
    "Network connection lost",
  ),
  error("DeepSeek: no resources for the reply", "overloaded", true, 200, {
    choices: [
      {
        index: 0,
        finish_reason: "insufficient_system_resource",
        message: { role: "assistant", content: "" },
      },
    ],
  }),
  error(
    "a refusal that only suggests a field of ours",
    "rejected",
    false,
    400,
    told("property 'store' is unsupported, did you mean 'max_tokens'?", { type: "invalid_request_error" }),
  ),
];

export const REPORTED_ERRORS: readonly ErrorRow[] = [...WINDOWS, ...OTHERS];
