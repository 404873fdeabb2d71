/** Writes a request as the body of a call of OpenAI's Responses. */
import type { JsonObject, Message } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import type { Asking } from "./asking.ts";
import { messagesToSend } from "./messages-to-send.ts";

/** The body of a call. The server stores nothing: each request has the whole conversation, with encrypted thoughts. */
export function responsesRequest(
  request: ModelRequest,
  { model, sampling, forms, logprobs }: Asking,
): JsonObject {
  const { maxTokens, tools } = request;
  const temperature = request.temperature ?? sampling.temperature;
  const { topP } = sampling;
  const reasoningEffort = request.effort ?? sampling.reasoningEffort;
  const messages = messagesToSend(request.messages, forms);
  const told = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const include = ["reasoning.encrypted_content", ...(logprobs ? ["message.output_text.logprobs"] : [])];
  return {
    model,
    ...(told.length > 0 && { instructions: told.join("\n\n") }),
    input: messages.flatMap(itemsOf),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(reasoningEffort !== undefined && { reasoning: { effort: reasoningEffort, summary: "auto" } }),
    ...(tools &&
      tools.length > 0 && { tools: tools.map((tool) => ({ type: "function", ...tool, strict: false })) }),
    store: false,
    include,
  };
}

/** The items of a message: thoughts first, then the text, then each call. */
function itemsOf({
  role,
  content,
  toolCalls = [],
  toolCallId,
  reasoning,
  images = [],
}: Message): readonly JsonObject[] {
  if (role === "system") return [];
  if (role === "tool") return [{ type: "function_call_output", call_id: toolCallId ?? "", output: content }];
  if (role === "user")
    return [
      {
        role,
        content: [
          { type: "input_text", text: content },
          ...images.map((url) => ({ type: "input_image", image_url: url })),
        ],
      },
    ];
  const thoughts = (reasoning?.parts ?? []).filter(({ type }) => type === "reasoning").map(withoutStatus);
  return [
    ...thoughts,
    ...(content === "" ? [] : [{ role, content: [{ type: "output_text", text: content }] }]),
    ...toolCalls.map(({ id, name, arguments: text }) => ({
      type: "function_call",
      call_id: id,
      name,
      arguments: text,
    })),
  ];
}

/** Removes the status that the server gave the item, since it refuses it in requests. */
function withoutStatus(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== "status"));
}
