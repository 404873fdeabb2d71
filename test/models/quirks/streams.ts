/** Streams that were not asked for: a gateway's client or a proxy may turn streaming on. */
import { chunk, END, events, type ReplyRow } from "./rows.ts";

const CODE = '{"code":"print(1)"}';
const call = (piece: object, choice: object = {}) => chunk({ tool_calls: [piece] }, choice);
const ran = { toolCalls: [{ id: "c1", name: "run", arguments: CODE }] };

const chats: readonly ReplyRow[] = [
  {
    quirk: "pieces of a text",
    body: events(chunk({ role: "assistant", content: "FINAL(" }), chunk({ content: "7)" }), END, "[DONE]"),
    reads: { text: "FINAL(7)", finishReason: "stop" },
  },
  {
    quirk: "usage in a chunk of its own, without choices",
    body: events(
      chunk({ content: "7" }),
      END,
      { choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } },
      "[DONE]",
    ),
    reads: { usage: { promptTokens: 10, completionTokens: 5 } },
  },
  {
    quirk: "usage in the last chunk with a choice",
    body: events(
      chunk({ content: "7" }),
      chunk({}, { finish_reason: "stop" }, { usage: { prompt_tokens: 10, completion_tokens: 5 } }),
    ),
    reads: { usage: { promptTokens: 10, completionTokens: 5 } },
  },
  {
    quirk: "usage that grows with each chunk",
    body: events(
      chunk({ content: "7" }, {}, { usage: { prompt_tokens: 10, completion_tokens: 1 } }),
      chunk({}, { finish_reason: "stop" }, { usage: { prompt_tokens: 10, completion_tokens: 5 } }),
    ),
    reads: { usage: { completionTokens: 5 } },
  },
  { quirk: "no [DONE]", body: events(chunk({ content: "7" }), END), reads: { text: "7" } },
  {
    quirk: "comments between events",
    body: `: ping\n\n${events(chunk({ content: "7" }))}: ping\n\n${events(END)}`,
    reads: { text: "7" },
  },
  {
    quirk: "lines that end in CR LF",
    body: events(chunk({ content: "7" }), END).replaceAll("\n", "\r\n"),
    reads: { text: "7" },
  },
  {
    quirk: "named events",
    body: events(chunk({ content: "7" }), END).replaceAll("data:", "event: message\ndata:"),
    reads: { text: "7" },
  },
  {
    quirk: "no space after data:",
    body: events(chunk({ content: "7" }), END).replaceAll("data: ", "data:"),
    reads: { text: "7" },
  },
  {
    quirk: "an empty delta, null deltas and content of null",
    body: events(
      chunk({}),
      { choices: [{ index: 0, delta: null }] },
      chunk({ content: null }),
      chunk({ content: "7" }),
      END,
    ),
    reads: { text: "7" },
  },
  {
    quirk: "a finish_reason that is empty until the end",
    body: events(chunk({ content: "7" }, { finish_reason: "" }), END),
    reads: { text: "7", finishReason: "stop" },
  },
  {
    quirk: "a whole message after its pieces",
    body: events(chunk({ content: "7" }), {
      choices: [{ index: 0, message: { role: "assistant", content: "7" }, finish_reason: "stop" }],
    }),
    reads: { text: "7" },
  },
  {
    quirk: "a second choice, which nobody asked for",
    body: events(chunk({ content: "7" }), chunk({ content: "8" }, { index: 1 }), END),
    reads: { text: "7" },
  },
  {
    quirk: "a role with each piece",
    body: events(chunk({ role: "assistant", content: "F" }), chunk({ role: "assistant", content: "7" }), END),
    reads: { text: "F7" },
  },
  {
    quirk: "pieces as parts",
    body: events(
      chunk({ content: [{ type: "text", text: "F" }] }),
      chunk({ content: [{ type: "text", text: "7" }] }),
      END,
    ),
    reads: { text: "F7" },
  },
  {
    quirk: "pieces of a thought",
    body: events(
      chunk({ reasoning_content: "FINAL" }),
      chunk({ reasoning_content: "(1)" }),
      chunk({ content: "7" }),
      END,
    ),
    reads: { text: "7", reasoning: { text: "FINAL(1)" } },
  },
  {
    quirk: "a thought's marks in pieces",
    body: events(
      chunk({ content: "<thi" }),
      chunk({ content: "nk>1</th" }),
      chunk({ content: "ink>7" }),
      END,
    ),
    reads: { text: "7", reasoning: { text: "1" } },
  },
  {
    quirk: "pieces of a text completion",
    body: events(
      { choices: [{ index: 0, text: "F" }] },
      { choices: [{ index: 0, text: "7", finish_reason: "stop" }] },
    ),
    reads: { text: "F7" },
  },
  {
    quirk: "ids and log-probabilities in pieces",
    body: events(
      chunk(
        { content: "h" },
        { token_ids: [7], logprobs: { content: [{ token: "h", logprob: -1 }] } },
        { prompt_token_ids: [1, 2] },
      ),
      chunk({ content: "i" }, { token_ids: [8], logprobs: { content: [{ token: "i", logprob: -2 }] } }),
      END,
    ),
    reads: { tokens: { promptIds: [1, 2], completionIds: [7, 8], logprobs: [-1, -2] } },
  },
  {
    quirk: "pieces of a call",
    tools: true,
    body: events(
      call({ index: 0, id: "c1", function: { name: "run", arguments: "" } }),
      call({ index: 0, function: { arguments: '{"code":' } }),
      call({ index: 0, function: { arguments: '"print(1)"}' } }),
      chunk({}, { finish_reason: "tool_calls" }),
    ),
    reads: { ...ran, finishReason: "tool_calls" },
  },
  {
    quirk: "a call without an index",
    tools: true,
    body: events(
      call({ id: "c1", function: { name: "run", arguments: '{"code":' } }),
      call({ function: { arguments: '"print(1)"}' } }),
      END,
    ),
    reads: ran,
  },
  {
    quirk: "two calls without an index",
    tools: true,
    body: events(
      call({ id: "c1", function: { name: "run", arguments: CODE } }),
      call({ id: "c2", function: { name: "run", arguments: "{}" } }),
      END,
    ),
    reads: {
      toolCalls: [
        { id: "c1", arguments: CODE },
        { id: "c2", arguments: "{}" },
      ],
    },
  },
  {
    quirk: "two calls of the same index",
    tools: true,
    body: events(
      call({ index: 0, id: "c1", function: { name: "run", arguments: CODE } }),
      call({ index: 0, id: "c2", function: { name: "run", arguments: "{}" } }),
      END,
    ),
    reads: {
      toolCalls: [
        { id: "c1", arguments: CODE },
        { id: "c2", arguments: "{}" },
      ],
    },
  },
  {
    quirk: "an index that begins at 1",
    tools: true,
    body: events(call({ index: 1, id: "c1", function: { name: "run", arguments: CODE } }), END),
    reads: ran,
  },
  {
    quirk: "a name with each piece",
    tools: true,
    body: events(
      call({ index: 0, id: "c1", function: { name: "run", arguments: '{"code":' } }),
      call({ index: 0, id: "c1", function: { name: "run", arguments: '"print(1)"}' } }),
      END,
    ),
    reads: ran,
  },
  {
    quirk: "names and ids of null after the first piece",
    tools: true,
    body: events(
      call({ index: 0, id: "c1", function: { name: "run", arguments: '{"code":' } }),
      call({ index: 0, id: null, function: { name: null, arguments: '"print(1)"}' } }),
      END,
    ),
    reads: ran,
  },
  {
    quirk: "a call's arguments whole, as an object",
    tools: true,
    body: events(
      call({ index: 0, id: "c1", function: { name: "run", arguments: { code: "print(1)" } } }),
      END,
    ),
    reads: ran,
  },
  {
    quirk: "pieces of the older function_call",
    tools: true,
    body: events(
      chunk({ function_call: { name: "run", arguments: '{"code":' } }),
      chunk({ function_call: { arguments: '"print(1)"}' } }),
      chunk({}, { finish_reason: "function_call" }),
    ),
    reads: { toolCalls: [{ name: "run", arguments: CODE }] },
  },
];

const others: readonly ReplyRow[] = [
  {
    quirk: "Responses' events",
    api: "responses",
    body: events(
      {
        type: "response.created",
        response: { object: "response", model: "m", status: "in_progress", output: [] },
      },
      { type: "response.output_item.added", output_index: 0, item: { type: "message", content: [] } },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "FINAL(7)" },
      {
        type: "response.completed",
        response: {
          object: "response",
          model: "m",
          status: "completed",
          output: [{ type: "message", content: [{ type: "output_text", text: "FINAL(7)" }] }],
          usage: { input_tokens: 10, output_tokens: 5 },
        },
      },
    ),
    reads: { text: "FINAL(7)", finishReason: "stop", usage: { promptTokens: 10 } },
  },
  {
    quirk: "Responses' events whose end lacks the output",
    api: "responses",
    body: events(
      { type: "response.created", response: { object: "response", status: "in_progress", output: [] } },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: { type: "message", content: [{ type: "output_text", text: "7" }] },
      },
      { type: "response.completed", response: { object: "response", status: "completed" } },
    ),
    reads: { text: "7" },
  },
  {
    quirk: "Messages' events, with a thought, its signature and a call",
    api: "messages",
    tools: true,
    body: events(
      {
        type: "message_start",
        message: {
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          usage: { input_tokens: 10, output_tokens: 1 },
        },
      },
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "thinking", thinking: "", signature: "" },
      },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "FINAL(1)" } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
      { type: "content_block_stop", index: 0 },
      { type: "ping" },
      {
        type: "content_block_start",
        index: 1,
        content_block: { type: "tool_use", id: "c1", name: "run", input: {} },
      },
      {
        type: "content_block_delta",
        index: 1,
        delta: { type: "input_json_delta", partial_json: '{"code":' },
      },
      {
        type: "content_block_delta",
        index: 1,
        delta: { type: "input_json_delta", partial_json: '"print(1)"}' },
      },
      { type: "content_block_stop", index: 1 },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ),
    reads: {
      ...ran,
      finishReason: "tool_calls",
      reasoning: { text: "FINAL(1)", signature: "s" },
      usage: { promptTokens: 10, completionTokens: 5 },
    },
  },
];

export const STREAMS: readonly ReplyRow[] = [...chats, ...others].map((row) => ({
  type: "text/event-stream",
  ...row,
}));
