/** Servers of the two other APIs: OpenAI's Responses and Anthropic's Messages. */
import { type Body, json, messagesIn, type Persona, type Saying, TOOL } from "./persona.ts";

const events = (...values: readonly { readonly type: string }[]) =>
  values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join("");

let items = 0;

function itemsOf({ thought, text, code }: Saying): object[] {
  items += 1;
  return [
    ...(thought === undefined
      ? []
      : [
          {
            type: "reasoning",
            id: `rs_${items}`,
            summary: [{ type: "summary_text", text: thought }],
            encrypted_content: `sealed:${thought}`,
            status: "completed",
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            type: "message",
            id: `msg_${items}`,
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text, annotations: [] }],
          },
        ]),
    ...(code === undefined
      ? []
      : [
          {
            type: "function_call",
            id: `fc_${items}`,
            call_id: `call_${items}`,
            name: TOOL,
            arguments: JSON.stringify({ code }),
            status: "completed",
          },
        ]),
  ];
}

function responseOf(say: Saying, body: Body): object {
  const usage = {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 29,
  };
  return {
    id: "resp_1",
    object: "response",
    status: "completed",
    error: null,
    incomplete_details: null,
    model: body["model"],
    output: itemsOf(say),
    usage,
  };
}

export const RESPONSES_PERSONA: Persona = {
  name: "OpenAI Responses",
  api: "responses",
  reasoning: "keep",
  options: { sampling: { reasoningEffort: "low" } },
  reply: (say, body) => json(responseOf(say, body)),
  stream: (say, body) => {
    const response = responseOf(say, body) as { output: { type: string }[] };
    return events(
      {
        type: "response.created",
        response: { ...response, status: "in_progress", output: [], usage: null },
      } as never,
      ...response.output.map((item, index) => ({
        type: "response.output_item.done",
        output_index: index,
        item,
      })),
      { type: "response.completed", response } as never,
    );
  },
  // The server stores nothing: a thought that is sent back needs its encrypted text, and no status.
  refuses: (body) => {
    const refusal = (message: string, param: string) =>
      json({ error: { message, type: "invalid_request_error", param, code: null } }, 400);
    for (const name of ["messages", "max_tokens", "seed", "stop"])
      if (name in body) return refusal(`Unknown parameter: '${name}'.`, name);
    for (const [index, item] of messagesIn(body).entries()) {
      if (item["type"] !== "reasoning") continue;
      if (!String(item["encrypted_content"]).startsWith("sealed:"))
        return refusal(
          `Item with id '${String(item["id"])}' not found. Items are not persisted when \`store\` is set to false.`,
          "input",
        );
      if ("status" in item)
        return refusal(`Unknown parameter: 'input[${index}].status'.`, `input[${index}].status`);
    }
    const calls = messagesIn(body).filter(({ type }) => type === "function_call");
    const results = messagesIn(body).filter(({ type }) => type === "function_call_output");
    const open = calls.find(({ call_id: id }) => !results.some(({ call_id: other }) => other === id));
    return open
      ? refusal(`No tool output found for function call ${String(open["call_id"])}.`, "input")
      : null;
  },
  busy: json(
    {
      error: {
        message: "The server had an error while processing your request.",
        type: "server_error",
        code: "server_error",
      },
    },
    500,
  ),
  burst: json(
    {
      error: {
        message:
          "Your input exceeds the context window of this model. Please adjust your input and try again.",
        type: "invalid_request_error",
        param: "input",
        code: "context_length_exceeded",
      },
    },
    400,
  ),
};

function blocksOf({ thought, text, code }: Saying): object[] {
  items += 1;
  return [
    ...(thought === undefined
      ? []
      : [{ type: "thinking", thinking: thought, signature: `signed:${thought}` }]),
    ...(text === undefined ? [] : [{ type: "text", text }]),
    ...(code === undefined ? [] : [{ type: "tool_use", id: `toolu_${items}`, name: TOOL, input: { code } }]),
  ];
}

const claudeError = (status: number, type: string, message: string) =>
  json({ type: "error", error: { type, message } }, status);

export const ANTHROPIC_PERSONA: Persona = {
  name: "Anthropic",
  api: "messages",
  reasoning: "last",
  reply: (say, body) =>
    json({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: body["model"],
      content: blocksOf(say),
      stop_reason: say.code === undefined ? "end_turn" : "tool_use",
      stop_sequence: null,
      usage: {
        input_tokens: 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 16,
        output_tokens: 9,
      },
    }),
  stream: (say, body) =>
    events(
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: body["model"],
          content: [],
          stop_reason: null,
          usage: { input_tokens: 4, cache_read_input_tokens: 16, output_tokens: 1 },
        },
      } as never,
      ...(blocksOf(say) as Record<string, unknown>[]).flatMap((block, index) => [
        { type: "content_block_start", index, content_block: emptied(block) },
        ...deltasOf(block).map((delta) => ({ type: "content_block_delta", index, delta })),
        { type: "content_block_stop", index },
      ]),
      {
        type: "message_delta",
        delta: { stop_reason: say.code === undefined ? "end_turn" : "tool_use" },
        usage: { output_tokens: 9 },
      } as never,
      { type: "message_stop" },
    ),
  refuses: (body) => {
    if (typeof body["max_tokens"] !== "number")
      return claudeError(400, "invalid_request_error", "max_tokens: Field required");
    for (const name of ["seed", "stop", "logprobs"])
      if (name in body)
        return claudeError(400, "invalid_request_error", `${name}: Extra inputs are not permitted`);
    const messages = messagesIn(body);
    for (const [index, message] of messages.entries()) {
      if (message["role"] === "system")
        return claudeError(400, "invalid_request_error", `messages.${index}: role 'system' is not allowed`);
      if (index > 0 && message["role"] === messages[index - 1]!["role"])
        return claudeError(400, "invalid_request_error", "messages: roles must alternate");
      for (const block of message["content"] as Record<string, unknown>[]) {
        if (block["type"] === "text" && String(block["text"]).trim() === "")
          return claudeError(400, "invalid_request_error", "messages: text content blocks must be non-empty");
        if (block["type"] === "thinking" && block["signature"] !== `signed:${String(block["thinking"])}`)
          return claudeError(
            400,
            "invalid_request_error",
            `messages.${index}.content.0: Invalid \`signature\` in \`thinking\` block`,
          );
      }
    }
    const last = messages.findLast(({ role }) => role === "assistant")?.["content"] as
      | Record<string, unknown>[]
      | undefined;
    return last?.some(({ type }) => type === "tool_use") && last[0]!["type"] !== "thinking"
      ? claudeError(
          400,
          "invalid_request_error",
          "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.",
        )
      : null;
  },
  busy: claudeError(529, "overloaded_error", "Overloaded"),
  burst: claudeError(400, "invalid_request_error", "prompt is too long: 215000 tokens > 200000 maximum"),
};

function emptied(block: Record<string, unknown>): Record<string, unknown> {
  if (block["type"] === "thinking") return { type: "thinking", thinking: "", signature: "" };
  return block["type"] === "text" ? { type: "text", text: "" } : { ...block, input: {} };
}

function deltasOf(block: Record<string, unknown>): object[] {
  if (block["type"] === "text") return [{ type: "text_delta", text: block["text"] }];
  if (block["type"] === "tool_use")
    return [{ type: "input_json_delta", partial_json: JSON.stringify(block["input"]) }];
  return [
    { type: "thinking_delta", thinking: block["thinking"] },
    { type: "signature_delta", signature: block["signature"] },
  ];
}
