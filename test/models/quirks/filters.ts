/** Prompts that a content filter refuses, and replies that it withholds, in the forms of many servers. */
import { chat, type ErrorRow, events, chunk, type ReplyRow, said } from "./rows.ts";

const refuses = (quirk: string, status: number, body: unknown, says?: string): ErrorRow => ({
  quirk,
  kind: "filtered",
  status,
  body,
  retried: false,
  ...(says !== undefined && { says }),
});
const told = (message: string, further: object = {}) => ({ error: { message, ...further } });

/** The same prompt would be refused again, so that nobody tries. */
export const FILTER_ERRORS: readonly ErrorRow[] = [
  refuses(
    "Azure: the prompt",
    400,
    told("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", {
      type: null,
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: { violence: { filtered: true, severity: "medium" } },
      },
    }),
    "a content filter refuses the prompt",
  ),
  refuses(
    "Azure, with its reason inside alone",
    400,
    told("Filtered.", { innererror: { code: "ResponsibleAIPolicyViolation" } }),
  ),
  refuses(
    "LiteLLM: Azure's words, and a code in digits",
    400,
    told("litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - filtered", {
      type: null,
      param: null,
      code: "400",
      provider_specific_fields: { innererror: { code: "ResponsibleAIPolicyViolation" } },
    }),
  ),
  refuses(
    "OpenAI: its safety system",
    400,
    told("Your request was rejected as a result of our safety system.", {
      code: "content_policy_violation",
      param: null,
      type: "invalid_request_error",
    }),
  ),
  refuses(
    "OpenAI: a flagged prompt of a reasoning model",
    400,
    told("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", {
      type: "invalid_request_error",
      param: null,
      code: "invalid_prompt",
    }),
  ),
  refuses("Anthropic: a blocked reply", 400, {
    type: "error",
    error: {
      details: null,
      type: "invalid_request_error",
      message: "Output blocked by content filtering policy",
    },
    request_id: "req_1",
  }),
  refuses(
    "DeepSeek",
    400,
    told("Content Exists Risk", {
      type: "invalid_request_error",
      param: null,
      code: "invalid_request_error",
    }),
  ),
  refuses(
    "Moonshot",
    400,
    told("The request was rejected because it was considered high risk", { type: "content_filter" }),
  ),
  refuses("DashScope", 400, {
    code: "DataInspectionFailed",
    message: "Input data may contain inappropriate content.",
    request_id: "r",
  }),
  refuses(
    "DashScope's compatible endpoint",
    400,
    told("Input text data may contain inappropriate content. ", {
      code: "data_inspection_failed",
      type: "data_inspection_failed",
    }),
  ),
  refuses("Zhipu", 400, {
    contentFilter: [{ level: 1, role: "user" }],
    error: { code: "1301", message: "系统检测到输入或生成内容可能包含不安全或敏感内容" },
  }),
  refuses("MiniMax, with status 200", 200, {
    base_resp: { status_code: 1026, status_msg: "input new_sensitive" },
    choices: null,
  }),
  refuses("xAI, with the status of a wrong key", 403, {
    code: "The caller does not have permission to execute the specified operation",
    error: "Content violates usage guidelines. Team: t, Model: m, Failed check: SAFETY_CHECK_TYPE_BIO",
  }),
  refuses(
    "OpenRouter, with the status of a wrong key",
    403,
    told('m requires moderation on OpenAI. Your input was flagged for "violence". No credits were charged.', {
      code: 403,
      metadata: { reasons: ["violence"], flagged_input: "…", provider_name: "OpenAI", model_slug: "m" },
    }),
  ),
  refuses(
    "OpenRouter: a provider's filter",
    400,
    told("Provider returned error", {
      code: 400,
      metadata: { raw: '{"error":{"message":"Content Exists Risk"}}', provider_name: "DeepSeek" },
    }),
  ),
  refuses("Bedrock's guardrail as an error", 400, {
    message: "The request was blocked by the guardrail g-1.",
  }),
  refuses(
    "Gemini: a blocked prompt with status 200",
    200,
    {
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 9311, totalTokenCount: 9311 },
      modelVersion: "gemini",
    },
    "PROHIBITED_CONTENT",
  ),
  refuses("Gemini: a blocked prompt, to which a gateway gave a status", 502, {
    promptFeedback: { blockReason: "SAFETY", blockReasonMessage: "not this" },
  }),
  refuses(
    "Gemini: a blocked prompt, and an empty list of choices",
    200,
    {
      object: "chat.completion",
      choices: [],
      prompt_feedback: { block_reason: "OTHER" },
    },
    "OTHER",
  ),
  refuses("Vertex: a blocked prompt as an error", 400, [
    {
      error: {
        code: 400,
        message: "The prompt was blocked. It violates Google's Generative AI Prohibited Use policy.",
        status: "INVALID_ARGUMENT",
      },
    },
  ]),
  refuses(
    "a refusal as an event of a stream",
    200,
    `data: {"error": {"message": "filtered", "code": "content_filter"}}\n\n`,
  ),
];

const withheld = { text: "", toolCalls: [], finishReason: "content_filter" };

/** What a filter withholds is a completion that it stopped. The policy hears of it, and may write something else. */
export const FILTERED_REPLIES: readonly ReplyRow[] = [
  {
    quirk: "Azure: a reply that its filter stopped, with text so far",
    body: chat(
      said("FINAL("),
      {
        finish_reason: "content_filter",
        content_filter_results: { violence: { filtered: true, severity: "high" } },
      },
      { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
    ),
    reads: { text: "FINAL(", finishReason: "content_filter" },
  },
  {
    quirk: "Azure: a stream whose first event has only the prompt's filters",
    type: "text/event-stream",
    body: events(
      { id: "", object: "", model: "", choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      chunk({ role: "assistant", content: "7" }),
      chunk({}, { finish_reason: "content_filter" }),
      "[DONE]",
    ),
    reads: { text: "7", finishReason: "content_filter" },
  },
  {
    quirk: "Gemini's compatible endpoint: a choice without a message",
    body: {
      object: "chat.completion",
      choices: [{ index: 0, finish_reason: "content_filter: PROHIBITED_CONTENT" }],
    },
    reads: withheld,
  },
  {
    quirk: "Gemini: a candidate without content",
    body: {
      candidates: [{ finishReason: "SPII", index: 0 }],
      usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
    },
    reads: withheld,
  },
  {
    quirk: "Anthropic: a refusal before any text",
    api: "messages",
    body: {
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: "cyber" },
      usage: { input_tokens: 9, output_tokens: 0 },
    },
    reads: { ...withheld, usage: { promptTokens: 9, completionTokens: 0 } },
  },
  {
    quirk: "Bedrock's guardrail, which says its own words",
    body: {
      output: { message: { role: "assistant", content: [{ text: "Sorry, no." }] } },
      stopReason: "guardrail_intervened",
      usage: { inputTokens: 5, outputTokens: 0, totalTokens: 5 },
    },
    reads: { text: "Sorry, no.", finishReason: "content_filter" },
  },
  {
    quirk: "Bedrock's Titan: content_filtered",
    body: {
      inputTextTokenCount: 5,
      results: [{ tokenCount: 1, outputText: "", completionReason: "CONTENT_FILTERED" }],
    },
    reads: { text: "" },
  },
  {
    quirk: "Responses: incomplete for the content filter",
    api: "responses",
    body: {
      object: "response",
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
      output: [],
    },
    reads: withheld,
  },
  {
    quirk: "OpenAI: a refusal in its own field, with finish reason stop",
    body: chat({ role: "assistant", content: null, refusal: "I cannot help with that." }),
    reads: { text: "I cannot help with that.", finishReason: "stop" },
  },
];
