/** Writes a request as the body of a chat completion. */
import type { JsonObject, Message, Reasoning } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import type { Asking } from "./asking.ts";
import { type MessageForm, messagesToSend } from "./messages-to-send.ts";

/** The body of a chat completion. Fields that were not set are left out, since servers differ in what they refuse. */
export function chatRequest(
  request: ModelRequest,
  { model, maxTokensField, sampling, forms, tokenIds, logprobs }: Asking,
): JsonObject {
  const { maxTokens, tools } = request;
  const temperature = request.temperature ?? sampling.temperature;
  const { topP, stop } = sampling;
  const reasoningEffort = request.effort ?? sampling.reasoningEffort;
  return {
    model,
    messages: messagesToSend(request.messages, forms).map((message) => chatMessage(message, forms)),
    ...(maxTokens !== undefined && { [maxTokensField]: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop !== undefined && { stop }),
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(tools &&
      tools.length > 0 && { tools: tools.map((tool) => ({ type: "function", function: { ...tool } })) }),
    ...(logprobs && { logprobs: true }),
    ...(tokenIds && { return_token_ids: true }),
  };
}

function chatMessage(message: Message, forms: ReadonlySet<MessageForm>): JsonObject {
  const { role, toolCalls, toolCallId, reasoning } = message;
  const content = contentOf(message, forms);
  if (role === "tool") return { role, content, tool_call_id: toolCallId ?? "" };
  if (role !== "assistant") return { role, content };
  const calls = (toolCalls ?? []).map(({ id, name, arguments: text, extra }) => ({
    id,
    type: "function",
    function: { name, arguments: forms.has("object-arguments") ? (JSON.parse(text) as JsonObject) : text },
    ...extra,
  }));
  const isRequired = forms.has("always-reasoning");
  return {
    role,
    content,
    ...thoughtFields(reasoning, isRequired),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** The content. Thoughts that were in the text or in parts of the content go back there. */
function contentOf(
  { role, content, reasoning, images = [] }: Message,
  forms: ReadonlySet<MessageForm>,
): string | readonly JsonObject[] {
  if (images.length > 0)
    return [
      { type: "text", text: content },
      ...images.map((url) => ({ type: "image_url", image_url: { url } })),
    ];
  const text = role === "assistant" && reasoning?.place === "text" ? (reasoning.written ?? content) : content;
  const isParts = role === "assistant" && reasoning?.place === "parts" && reasoning.parts;
  const said = text === "" ? [] : [{ type: "text", text }];
  if (isParts) return [...reasoning.parts, ...said];
  return forms.has("parts") ? [{ type: "text", text }] : text;
}

/** Thoughts in the server's own field for them. */
function thoughtFields(reasoning: Reasoning | undefined, isRequired: boolean): JsonObject {
  if (!reasoning) return isRequired ? { reasoning_content: "" } : {};
  const { text, place, parts, signature } = reasoning;
  if (place === "thinking_blocks")
    return { ...(text !== "" && { reasoning_content: text }), thinking_blocks: parts ?? [] };
  if (place === "reasoning_details")
    return { ...(text !== "" && { reasoning: text }), reasoning_details: parts ?? [] };
  if (place === "reasoning" && !isRequired)
    return { reasoning: text, ...(signature !== undefined && { reasoning_signature: signature }) };
  if (place === "reasoning_content" || isRequired)
    return { reasoning_content: text, ...(signature !== undefined && { reasoning_signature: signature }) };
  return {};
}
