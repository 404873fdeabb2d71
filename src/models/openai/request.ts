/** A request of the gym as the body of a chat completion. */
import type { OpenAI } from "openai";
import type { JsonObject, Message } from "../../types.ts";
import type { ModelRequest } from "../model.ts";

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** Fields that were not asked for stay out of the body: servers differ in what they refuse. */
export function chatRequest(
  request: ModelRequest,
  options: {
    readonly model: string;
    readonly maxTokensField: "max_tokens" | "max_completion_tokens";
    readonly tokenIds?: boolean;
    readonly logprobs?: boolean;
    readonly extraBody?: JsonObject;
  },
): Body {
  const { maxTokens, temperature, seed, tools } = request;
  const body: Body = {
    model: options.model,
    messages: request.messages.map((message) => chatMessage(message)),
    ...(maxTokens !== undefined && { [options.maxTokensField]: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(seed !== undefined && { seed }),
    ...(tools &&
      tools.length > 0 && { tools: tools.map((tool) => ({ type: "function", function: { ...tool } })) }),
    ...(options.logprobs && { logprobs: true }),
    ...(options.tokenIds && { return_token_ids: true }),
    ...options.extraBody,
  };
  return body;
}

function chatMessage({ role, content, toolCalls, toolCallId }: Message): OpenAI.ChatCompletionMessageParam {
  if (role === "tool") return { role, content, tool_call_id: toolCallId ?? "" };
  if (role !== "assistant" || !toolCalls?.length) return { role, content };
  const calls = toolCalls.map(({ id, name, arguments: text }) => ({
    id,
    type: "function" as const,
    function: { name, arguments: text },
  }));
  return { role, content, tool_calls: calls };
}
