/** How servers refuse a request, and the changed request that must follow. */
import type { RefusalRow } from "./rows.ts";
import { REFUSED_FORMS } from "./refused-forms.ts";

const told = (message: string, further: object = {}) => ({ error: { message, ...further } });
const unsupported = (field: string) =>
  told(`Unsupported parameter: '${field}' is not supported with this model.`, {
    param: field,
    code: "unsupported_parameter",
  });
const FIELDS: readonly RefusalRow[] = [
  {
    quirk: "more tokens than Bedrock's model writes",
    status: 400,
    body: { message: "The maximum tokens you requested exceeds the model limit of 4096." },
    request: { maxTokens: 9000 },
    sends: { max_tokens: 4096 },
  },
  {
    quirk: "max_tokens, where the message names another",
    status: 400,
    body: told(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: "max_tokens", code: "unsupported_parameter" },
    ),
    request: { maxTokens: 9 },
    sends: { max_completion_tokens: 9 },
    lacks: ["max_tokens"],
  },
  {
    quirk: "max_completion_tokens, of an older server",
    status: 422,
    body: {
      detail: [
        {
          type: "extra_forbidden",
          loc: ["body", "max_completion_tokens"],
          msg: "Extra inputs are not permitted",
        },
      ],
    },
    request: { maxTokens: 9 },
    options: { maxTokensField: "max_completion_tokens" },
    sends: { max_tokens: 9 },
    lacks: ["max_completion_tokens"],
  },
  {
    quirk: "more tokens than OpenAI's model writes",
    status: 400,
    body: told(
      "max_tokens is too large: 90000. This model supports at most 16384 completion tokens, whereas you provided 90000.",
      { param: "max_tokens" },
    ),
    request: { maxTokens: 90_000 },
    sends: { max_tokens: 16_384 },
  },
  {
    quirk: "more tokens than DeepSeek's model writes",
    status: 400,
    body: told("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"),
    request: { maxTokens: 90_000 },
    sends: { max_tokens: 8192 },
  },
  {
    quirk: "more tokens than DashScope's model writes",
    status: 400,
    body: told("Range of max_tokens should be [1, 4096]"),
    request: { maxTokens: 90_000 },
    sends: { max_tokens: 4096 },
  },
  {
    quirk: "more tokens than Anthropic's model writes",
    status: 400,
    body: {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "max_tokens: 90000 > 8192, which is the maximum allowed number of output tokens for m",
      },
    },
    request: { maxTokens: 90_000 },
    options: { api: "messages" },
    sends: { max_tokens: 8192 },
  },
  {
    quirk: "more tokens than Groq's model writes",
    status: 400,
    body: told(
      "`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model",
    ),
    request: { maxTokens: 90_000 },
    sends: { max_tokens: 32_768 },
  },
  {
    quirk: "max_output_tokens",
    status: 400,
    body: unsupported("max_output_tokens"),
    request: { maxTokens: 9 },
    options: { api: "responses" },
    lacks: ["max_output_tokens"],
  },
  {
    quirk: "temperature of OpenAI's reasoning models",
    status: 400,
    body: told(
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
      { param: "temperature", code: "unsupported_value" },
    ),
    request: { temperature: 0 },
    lacks: ["temperature"],
  },
  {
    quirk: "temperature of 0 in TGI",
    status: 422,
    body: {
      error: "Input validation error: `temperature` must be strictly positive",
      error_type: "validation",
    },
    request: { temperature: 0 },
    lacks: ["temperature"],
  },
  {
    quirk: "temperature beside thoughts in Anthropic's",
    status: 400,
    body: {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "`temperature` may only be set to 1 when thinking is enabled.",
      },
    },
    request: { temperature: 0 },
    options: { api: "messages" },
    lacks: ["temperature"],
  },
  {
    quirk: "temperature and top_p together",
    status: 400,
    body: told("`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
    request: { temperature: 0 },
    options: { sampling: { topP: 0.5 } },
    sends: { temperature: 0 },
    lacks: ["top_p"],
  },
  {
    quirk: "top_p",
    status: 400,
    body: unsupported("top_p"),
    options: { sampling: { topP: 0.5 } },
    lacks: ["top_p"],
  },
  {
    quirk: "stop",
    status: 400,
    body: unsupported("stop"),
    options: { sampling: { stop: ["x"] } },
    lacks: ["stop"],
  },
  {
    quirk: "more stop words than four",
    status: 400,
    body: told(
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
      { param: "stop" },
    ),
    options: { sampling: { stop: ["a", "b", "c", "d", "e"] } },
    sends: { stop: ["a", "b", "c", "d"] },
  },
  {
    quirk: "seed, as OpenAI's older servers say it",
    status: 400,
    body: told("Unrecognized request argument supplied: seed"),
    request: { seed: 3 },
    lacks: ["seed"],
  },
  {
    quirk: "seed, of FastAPI's schema",
    status: 422,
    body: {
      detail: [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted" }],
    },
    request: { seed: 3 },
    lacks: ["seed", "random_seed"],
  },
  {
    quirk: "seed, which Mistral calls random_seed",
    status: 422,
    body: {
      object: "error",
      message: {
        detail: [
          { type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted", input: 3 },
        ],
      },
      type: "invalid_request_error",
    },
    request: { seed: 3 },
    sends: { random_seed: 3 },
    lacks: ["seed"],
  },
  {
    quirk: "seed, of Gemini's list",
    status: 400,
    body: [
      {
        error: {
          code: 400,
          message: 'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    request: { seed: 3 },
    lacks: ["seed"],
  },
  {
    quirk: "reasoning_effort",
    status: 400,
    body: told("Unrecognized request argument supplied: reasoning_effort"),
    options: { sampling: { reasoningEffort: "low" } },
    lacks: ["reasoning_effort"],
  },
  {
    quirk: "a model that does not think",
    status: 400,
    body: told('"m" does not support thinking'),
    options: { sampling: { reasoningEffort: "low" } },
    lacks: ["reasoning_effort"],
  },
  {
    quirk: "reasoning.effort of Responses",
    status: 400,
    body: unsupported("reasoning.effort"),
    options: { api: "responses", sampling: { reasoningEffort: "low" } },
    lacks: ["reasoning"],
  },
  {
    quirk: "encrypted thoughts of Responses",
    status: 400,
    body: told("Encrypted content is not supported with this model.", { param: "include" }),
    options: { api: "responses" },
    lacks: ["include"],
  },
  {
    quirk: "log-probabilities",
    status: 400,
    body: told("logprobs are not supported with this model"),
    options: { logprobs: true },
    lacks: ["logprobs"],
  },
  {
    quirk: "token ids",
    status: 400,
    body: told("Unrecognized request argument supplied: return_token_ids"),
    options: { tokenIds: true },
    lacks: ["return_token_ids"],
  },
  {
    quirk: "a refusal with status 200",
    status: 200,
    body: { error: { code: 400, message: "Unsupported parameter: seed" } },
    request: { seed: 3 },
    lacks: ["seed"],
  },
  {
    quirk: "LiteLLM's refusal with status 500",
    status: 500,
    body: told("litellm.UnsupportedParamsError: m does not support parameters: ['seed']"),
    request: { seed: 3 },
    lacks: ["seed"],
  },
];

/** Prompts that fit, but leave fewer tokens for the reply than were asked for. */
const ROOMS: readonly RefusalRow[] = [
  {
    quirk: "less room than asked for (vLLM)",
    status: 400,
    body: told(
      "This model's maximum context length is 8192 tokens. However, you requested 10192 tokens (6192 in the messages, 4000 in the completion). Please reduce the length of the messages or completion.",
    ),
    request: { maxTokens: 4000 },
    sends: { max_tokens: 2000 },
  },
  {
    quirk: "less room than asked for (newer vLLM)",
    status: 400,
    body: told(
      "'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's maximum context length is 8192 tokens and your request has 6192 input tokens (4000 > 8192 - 6192).",
    ),
    request: { maxTokens: 4000 },
    sends: { max_tokens: 2000 },
  },
  {
    quirk: "less room than asked for (SGLang)",
    status: 400,
    body: told(
      "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 10192 tokens: 6192 tokens from the input messages and 4000 tokens for the completion.",
    ),
    request: { maxTokens: 4000 },
    sends: { max_tokens: 2000 },
  },
  {
    quirk: "less room than asked for (TGI)",
    status: 422,
    body: {
      error:
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 6192 `inputs` tokens and 4000 `max_new_tokens`",
    },
    request: { maxTokens: 4000 },
    sends: { max_tokens: 2000 },
  },
  {
    quirk: "less room than asked for (Anthropic)",
    status: 400,
    body: {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "input length and `max_tokens` exceed context limit: 198000 + 4000 > 200000, decrease input length or `max_tokens` and try again",
      },
    },
    request: { maxTokens: 4000 },
    options: { api: "messages" },
    sends: { max_tokens: 2000 },
  },
  {
    quirk: "less room than asked for, told as one sum",
    status: 400,
    body: told("This model's maximum context length is 8192 tokens. However, you requested 10192 tokens."),
    request: { maxTokens: 4000 },
    sends: { max_tokens: 2000 },
  },
];

export const REFUSALS = [...FIELDS, ...REFUSED_FORMS];
/** Not remembered: the next prompt may be shorter. */
export const SHORTER_REPLIES = ROOMS;
