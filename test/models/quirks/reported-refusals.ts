/** Refusals of fields as users reported them of many servers. */
import type { RefusalRow } from "./rows.ts";
import { told } from "./window-words.ts";

const TURN = [
  { role: "user", content: "q" },
  { role: "assistant", content: "", toolCalls: [{ id: "c1", name: "run", arguments: '{"code":"1"}' }] },
  { role: "tool", content: "1", toolCallId: "c1" },
  { role: "user", content: "and now?" },
] as const;

export const REPORTED_REFUSALS: readonly RefusalRow[] = [
  {
    quirk: "a user's message after a tool's (Mistral)",
    status: 400,
    body: {
      object: "error",
      message: "Unexpected role 'user' after role 'tool'",
      type: "invalid_request_message_order",
      code: "3230",
    },
    request: { messages: TURN },
    sends: { messages: [{ role: "user" }, { role: "assistant" }, { role: "user" }, { role: "user" }] },
  },
  {
    quirk: "a last role that Mistral does not expect",
    status: 400,
    body: {
      message: "Expected last role User or Tool (or Assistant with prefix True) for serving but got system",
    },
    request: {
      messages: [
        { role: "user", content: "q" },
        { role: "system", content: "s" },
      ],
    },
    sends: { messages: [{ role: "user" }] },
  },
  {
    quirk: "more tokens than Scaleway's model writes, as 416",
    status: 416,
    body: { detail: "max_completion_tokens is limited to 4096 for this model" },
    request: { maxTokens: 9000 },
    options: { maxTokensField: "max_completion_tokens" },
    sends: { max_completion_tokens: 4096 },
  },
  {
    quirk: "a field that Gemini's JSON does not know",
    status: 400,
    body: [
      {
        error: {
          code: 400,
          message: 'Invalid JSON payload received. Unknown name "return_token_ids": Cannot find field.',
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    options: { tokenIds: true },
    lacks: ["return_token_ids"],
  },
  {
    quirk: "log-probabilities that an engine was not started for (vLLM)",
    status: 400,
    body: told("Requested sample logprobs of 1, which is greater than max allowed: 0"),
    options: { logprobs: true },
    lacks: ["logprobs"],
  },
  {
    quirk: "an effort beside functions (OpenAI)",
    status: 400,
    body: told(
      "Function tools with reasoning_effort are not supported for m in /v1/chat/completions. Please use /v1/responses instead.",
      { param: "reasoning_effort" },
    ),
    options: { sampling: { reasoningEffort: "high" } },
    lacks: ["reasoning_effort"],
  },
  {
    quirk: "an effort of another name (OpenAI)",
    status: 400,
    body: told(
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
      { param: "reasoning_effort", code: "unsupported_value" },
    ),
    options: { sampling: { reasoningEffort: "minimal" } },
    lacks: ["reasoning_effort"],
  },
];
