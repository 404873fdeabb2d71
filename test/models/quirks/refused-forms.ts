/** Forms of messages that templates and schemas refuse, and the form that they are sent in instead. */
import { type RefusalRow, RUN } from "./rows.ts";

const told = (message: string, further: object = {}) => ({ error: { message, ...further } });
const CALL = { id: "call_0", name: "run", arguments: '{"code":"1"}' };
const TOOL_TURN = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "go" },
  { role: "assistant", content: "", toolCalls: [CALL] },
  { role: "tool", content: "1", toolCallId: "call_0" },
] as const;
const SYSTEM = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "go" },
] as const;
const thinking = (place: "reasoning_content" | "reasoning" | "parts", further: object = {}) =>
  [
    { role: "user", content: "go" },
    { role: "assistant", content: "x", reasoning: { text: "hm", place, ...further } },
    { role: "user", content: "on" },
  ] as const;
const folded = { messages: [{ role: "user", content: "Be brief.\n\ngo" }] };
const asText = {
  messages: [
    { role: "system" },
    { role: "user", content: "go" },
    { role: "assistant", content: '<tool_call>\n{"name": "run", "arguments": {"code":"1"}}\n</tool_call>' },
    { role: "user", content: "1" },
  ],
};

export const REFUSED_FORMS: readonly RefusalRow[] = [
  {
    quirk: "no system role (Gemma's template)",
    status: 400,
    body: told("System role not supported"),
    request: { messages: SYSTEM },
    sends: folded,
  },
  {
    quirk: "no system role, as llama.cpp tells it with status 500",
    status: 500,
    body: {
      error: {
        code: 500,
        message: "\n------------\nError: Jinja Exception: System role not supported",
        type: "server_error",
      },
    },
    request: { messages: SYSTEM },
    sends: folded,
  },
  {
    quirk: "no system role (OpenAI's o1-mini)",
    status: 400,
    body: told("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {
      param: "messages[0].role",
    }),
    request: { messages: SYSTEM },
    sends: folded,
  },
  {
    quirk: "no developer instruction (Gemini's Gemma)",
    status: 400,
    body: [
      {
        error: {
          code: 400,
          message: "Developer instruction is not enabled for models/gemma-3-27b-it",
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    request: { messages: SYSTEM },
    sends: folded,
  },
  {
    quirk: "only user and assistant",
    status: 400,
    body: told("Only user and assistant roles are supported!"),
    request: { messages: SYSTEM },
    sends: folded,
  },
  {
    quirk: "roles that must alternate",
    status: 400,
    body: told("Conversation roles must alternate user/assistant/user/assistant/..."),
    request: { messages: [...SYSTEM, { role: "user", content: "on" }] },
    sends: { messages: [{ role: "user", content: "Be brief.\n\ngo\n\non" }] },
  },
  {
    quirk: "no tool role",
    status: 400,
    body: told("Unexpected role 'tool'"),
    request: { messages: TOOL_TURN, tools: [RUN] },
    sends: asText,
  },
  {
    quirk: "no tool role, as a schema says it",
    status: 422,
    body: {
      detail: [
        {
          loc: ["body", "messages", 3, "role"],
          msg: "Input should be 'system', 'user' or 'assistant'",
          type: "literal_error",
        },
      ],
    },
    request: { messages: TOOL_TURN, tools: [RUN] },
    sends: asText,
  },
  {
    quirk: "thoughts that DeepSeek misses",
    status: 400,
    body: told("Missing `reasoning_content` field in the assistant message at message index 2."),
    request: { messages: TOOL_TURN },
    sends: {
      messages: [
        { role: "system" },
        { role: "user" },
        { role: "assistant", reasoning_content: "" },
        { role: "tool" },
      ],
    },
  },
  {
    quirk: "thoughts that DeepSeek's newer servers miss",
    status: 400,
    body: told("The `reasoning_content` in the thinking mode must be passed back to the API."),
    request: { messages: thinking("reasoning") },
    sends: { messages: [{ role: "user" }, { role: "assistant", reasoning_content: "hm" }, { role: "user" }] },
  },
  {
    quirk: "thoughts that Moonshot misses",
    status: 400,
    body: told(
      "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
    ),
    request: { messages: [...TOOL_TURN, { role: "user", content: "on" }] },
    sends: { messages: [{}, {}, { reasoning_content: "" }, {}, {}] },
  },
  {
    quirk: "thoughts that Groq refuses",
    status: 400,
    body: told(
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning' is unsupported)]",
    ),
    request: { messages: thinking("reasoning") },
    sends: { messages: [{ role: "user" }, { role: "assistant", content: "x" }, { role: "user" }] },
  },
  {
    quirk: "thoughts that a schema refuses",
    status: 422,
    body: {
      detail: [
        {
          loc: ["body", "messages", 1, "reasoning_content"],
          msg: "Extra inputs are not permitted",
          type: "extra_forbidden",
        },
      ],
    },
    request: { messages: thinking("reasoning_content") },
    sends: { messages: [{ role: "user" }, { role: "assistant", content: "x" }, { role: "user" }] },
  },
  {
    quirk: "a signature that is no more valid",
    status: 400,
    body: {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "messages.1.content.0: Invalid `signature` in `thinking` block",
      },
    },
    request: {
      messages: thinking("parts", { parts: [{ type: "thinking", thinking: "hm", signature: "s" }] }),
    },
    options: { api: "messages" },
    sends: {
      messages: [
        { role: "user" },
        { role: "assistant", content: [{ type: "text", text: "x" }] },
        { role: "user" },
      ],
    },
  },
  {
    quirk: "reasoning items that the server forgot",
    status: 404,
    body: told("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false."),
    request: { messages: thinking("parts", { parts: [{ type: "reasoning", id: "rs_1", summary: [] }] }) },
    options: { api: "responses" },
    sends: { input: [{ role: "user" }, { role: "assistant" }, { role: "user" }] },
  },
  {
    quirk: "call ids of nine letters (Mistral)",
    status: 400,
    body: {
      object: "error",
      message: "Tool call id was call_0 but must be a-z, A-Z, 0-9, with a length of 9.",
      type: "BadRequestError",
    },
    request: { messages: TOOL_TURN },
    sends: { messages: [{}, {}, { tool_calls: [{ id: "c557a85a0" }] }, { tool_call_id: "c557a85a0" }] },
  },
  {
    quirk: "arguments as an object (Ollama)",
    status: 400,
    body: told(
      "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments of type map",
    ),
    request: { messages: TOOL_TURN },
    sends: { messages: [{}, {}, { tool_calls: [{ function: { arguments: { code: "1" } } }] }, {}] },
  },
  {
    quirk: "arguments as an object (a template)",
    status: 500,
    body: told("Can only get item pairs from a mapping."),
    request: { messages: TOOL_TURN },
    sends: { messages: [{}, {}, { tool_calls: [{ function: { arguments: { code: "1" } } }] }, {}] },
  },
  {
    quirk: "content as parts",
    status: 400,
    body: told("messages.0.content must be a list"),
    sends: { messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }] },
  },
];
