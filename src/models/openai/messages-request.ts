/** Writes a request as the body of a call of Anthropic's Messages. */
import type { JsonObject, Message } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import type { Asking } from "./asking.ts";
import { messagesToSend } from "./messages-to-send.ts";

/** `max_tokens` is required in this API. */
const DEFAULT_MAX_TOKENS = 4096;
/** The smallest budget of thoughts that the API accepts. */
const LEAST_THOUGHTS = 1024;
const THOUGHTS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/** The body of a call. */
export function messagesRequest(request: ModelRequest, { model, sampling, forms }: Asking): JsonObject {
  const { maxTokens = DEFAULT_MAX_TOKENS, tools } = request;
  const temperature = request.temperature ?? sampling.temperature;
  const { topP, stop } = sampling;
  const reasoningEffort = request.effort ?? sampling.reasoningEffort;
  const messages = messagesToSend(request.messages, forms);
  const told = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const thoughts = Math.min(THOUGHTS[reasoningEffort ?? ""] ?? 0, maxTokens - 1);
  return {
    model,
    max_tokens: maxTokens,
    ...(told.length > 0 && { system: told.join("\n\n") }),
    messages: turnsOf(messages),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop !== undefined && { stop_sequences: stop }),
    ...(thoughts >= LEAST_THOUGHTS && { thinking: { type: "enabled", budget_tokens: thoughts } }),
    ...(tools &&
      tools.length > 0 && {
        tools: tools.map(({ name, description, parameters }) => ({
          name,
          description,
          input_schema: parameters,
        })),
      }),
  };
}

/** The messages. Consecutive messages of one role become one, so that all results of a turn are in one user message. */
function turnsOf(messages: readonly Message[]): JsonObject[] {
  const turns: { role: string; content: JsonObject[] }[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocksOf(message));
    else turns.push({ role, content: blocksOf(message) });
  }
  return turns;
}

function blocksOf({
  role,
  content,
  toolCalls = [],
  toolCallId,
  reasoning,
  images = [],
}: Message): JsonObject[] {
  if (role === "tool") return [{ type: "tool_result", tool_use_id: toolCallId ?? "", content }];
  const thoughts =
    role === "assistant"
      ? (reasoning?.parts ?? []).filter(({ type }) => type === "thinking" || type === "redacted_thinking")
      : [];
  const text = content.trim() === "" ? [] : [{ type: "text", text: content }];
  return [
    ...thoughts,
    ...text,
    ...images.map((url) => ({ type: "image", source: sourceOfImage(url) })),
    ...toolCalls.map(({ id, name, arguments: written }) => ({
      type: "tool_use",
      id,
      name,
      input: JSON.parse(written) as JsonObject,
    })),
  ];
}

function sourceOfImage(url: string): JsonObject {
  const [, mediaType = "image/png", data = ""] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return { type: "base64", media_type: mediaType, data };
}
