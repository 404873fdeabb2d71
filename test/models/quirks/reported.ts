/** Replies as users reported them of many servers: usage that is not told, calls in further notations, pieces out of order. */
import { expect } from "vitest";
import { calling, chat, chunk, counting, END, events, type ReplyRow, said, withArguments } from "./rows.ts";

const SEVEN = { text: "FINAL(7)" };
const CODE = '{"code":"print(1)"}';
const CALLED = { toolCalls: [{ name: "run", arguments: CODE }] };
const writes = (quirk: string, text: string, reads: object = {}): ReplyRow => ({
  quirk,
  tools: true,
  body: chat(said(text)),
  reads: { text: "", ...CALLED, ...reads },
});
const streams = (
  quirk: string,
  values: readonly (object | string)[],
  reads: object,
  further: object = {},
): ReplyRow => ({
  quirk,
  type: "text/event-stream",
  body: events(...values, "[DONE]"),
  reads,
  ...further,
});
const piece = (fields: object) => ({ tool_calls: [fields] });

const NOTATIONS: readonly ReplyRow[] = [
  writes("Nemotron's list", '<TOOLCALL>[{"name": "run", "arguments": {"code": "print(1)"}}]</TOOLCALL>'),
  writes(
    "InternLM's plugin",
    '<|action_start|><|plugin|>\n{"name": "run", "parameters": {"code": "print(1)"}}<|action_end|>',
  ),
  writes(
    "MiniMax M1's lines",
    '<tool_calls>\n{"name": "run", "arguments": {"code": "print(1)"}}\n</tool_calls>',
  ),
  writes("Jamba's list", '<tool_calls>[{"name": "run", "arguments": {"code": "print(1)"}}]</tool_calls>'),
  writes(
    "Step3's XML",
    '<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="run"><steptml:parameter name="code">print(1)</steptml:parameter></steptml:invoke><｜tool_call_end｜><｜tool_calls_end｜>',
  ),
  writes(
    "DeepSeek V3.2's XML",
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="run">\n<｜DSML｜parameter name="code" string="true">print(1)</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  ),
  writes(
    "Seed-OSS's XML",
    "<seed:tool_call>\n<function=run>\n<parameter=code>print(1)</parameter>\n</function>\n</seed:tool_call>",
  ),
  writes("Olmo's Python", '<function_calls>\nrun(code="print(1)")\n</function_calls>'),
  writes(
    "Longcat's mark",
    '<longcat_tool_call>{"name": "run", "arguments": {"code": "print(1)"}}</longcat_tool_call>',
  ),
  writes("Apertus's list", '<|tools_prefix|>[{"run": {"code": "print(1)"}}]<|tools_suffix|>'),
  writes("Gemma 4's braces", '<|tool_call>call:run{code:<|"|>print(1)<|"|>}<tool_call|>'),
  writes(
    "Hunyuan 3's separator",
    '<tool_calls:opensource><tool_call:opensource>run<tool_sep:opensource>{"code":"print(1)"}<end_of_tool_call:opensource></tool_calls:opensource>',
  ),
  writes(
    "Phi 4's closed list",
    '<|tool_call|>[{"name": "run", "arguments": {"code": "print(1)"}}]<|/tool_call|>',
  ),
  writes(
    "gpt-oss's recipient before its channel",
    `<|start|>assistant to=functions.run<|channel|>commentary json<|message|>${CODE}<|call|>`,
  ),
  writes(
    "gpt-oss's call on the channel of thoughts",
    `<|channel|>analysis to=functions.run <|constrain|>json<|message|>${CODE}<|call|>`,
  ),
  writes("gpt-oss's names that leaked", `analysisI look.assistantcommentary to=functions.run json${CODE}`),
];

const CALLS: readonly ReplyRow[] = [
  {
    quirk: "an empty object before the arguments",
    tools: true,
    body: calling(withArguments('{}{"code": "print(1)"}')),
    reads: CALLED,
  },
  {
    quirk: "arguments in a list of one",
    tools: true,
    body: calling(withArguments('[{"code": "print(1)"}]')),
    reads: CALLED,
  },
  {
    quirk: "arguments with the function's own envelope",
    tools: true,
    body: calling(withArguments('{"name": "run", "arguments": {"code": "print(1)"}}')),
    reads: CALLED,
  },
  streams(
    "the end of the second call's arguments under its own index, and its head under the first one's",
    [
      chunk(piece({ index: 0, id: "a", function: { name: "run", arguments: '{"code":"1"}' } })),
      chunk(piece({ index: 0, id: "b", function: { name: "run", arguments: '{"code"' } })),
      chunk(piece({ index: 1, function: { arguments: ':"2"}' } })),
      chunk({}, { finish_reason: "tool_calls" }),
    ],
    {
      toolCalls: [
        { id: "a", arguments: '{"code":"1"}' },
        { id: "b", arguments: '{"code":"2"}' },
      ],
    },
    { tools: true },
  ),
  streams(
    "a call whose pieces all have its id, and wrong indexes",
    [
      chunk(piece({ index: 0, id: "a", function: { name: "run", arguments: '{"code"' } })),
      chunk(piece({ index: 1, id: "a", function: { arguments: ':"1"}' } })),
      chunk({}, { finish_reason: "tool_calls" }),
    ],
    { toolCalls: [{ id: "a", arguments: '{"code":"1"}' }] },
    { tools: true },
  ),
  streams(
    "the arguments again as a whole at the end",
    [
      chunk(piece({ index: 0, id: "a", function: { name: "run", arguments: "" } })),
      chunk(piece({ index: 0, function: { arguments: '{"code":' } })),
      chunk(piece({ index: 0, function: { arguments: ' "1"}' } })),
      chunk(piece({ index: 0, function: { arguments: '{"code": "1"}' } }), { finish_reason: "tool_calls" }),
    ],
    { toolCalls: [{ arguments: '{"code":"1"}' }] },
    { tools: true },
  ),
];

const THOUGHT_PIECES: readonly ReplyRow[] = [
  streams(
    "Mistral's thinking parts in pieces",
    [
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "FIN" }] }] }),
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "AL(1)" }] }] }),
      chunk({ content: "FINAL(7)" }),
      END,
    ],
    { ...SEVEN, reasoning: { text: "FINAL(1)" } },
  ),
  streams(
    "OpenRouter's reasoning_details in pieces, the signature last",
    [
      chunk({
        reasoning: "FIN",
        reasoning_details: [{ type: "reasoning.text", text: "FIN", index: 0, format: "f" }],
      }),
      chunk({
        reasoning: "AL(1)",
        reasoning_details: [{ type: "reasoning.text", text: "AL(1)", index: 0, format: "f" }],
      }),
      chunk({ reasoning_details: [{ type: "reasoning.text", signature: "s", index: 0, format: "f" }] }),
      chunk({ content: "FINAL(7)" }),
      END,
    ],
    {
      ...SEVEN,
      reasoning: {
        text: "FINAL(1)",
        signature: "s",
        parts: [{ type: "reasoning.text", text: "FINAL(1)", signature: "s", index: 0, format: "f" }],
      },
    },
  ),
  streams(
    "LiteLLM's thinking_blocks in pieces",
    [
      chunk({ thinking_blocks: [{ type: "thinking", thinking: "FIN", signature: null }] }),
      chunk({ thinking_blocks: [{ type: "thinking", thinking: "AL(1)", signature: "s" }] }),
      chunk({ content: "FINAL(7)" }),
      END,
    ],
    {
      ...SEVEN,
      reasoning: {
        text: "FINAL(1)",
        signature: "s",
        parts: [{ type: "thinking", thinking: "FINAL(1)", signature: "s" }],
      },
    },
  ),
];

const USAGE: readonly ReplyRow[] = [
  {
    quirk: "counts of zero beside a text, which are no counts",
    body: counting({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
    reads: { usage: null, usageSource: "unknown" },
  },
  {
    quirk: "GigaChat's cached tokens",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, precached_prompt_tokens: 4 }),
    reads: { usage: { promptTokens: 10, cachedTokens: 4 } },
  },
  streams(
    "Messages' last event with an input of zero",
    [
      {
        type: "message_start",
        message: {
          type: "message",
          role: "assistant",
          content: [],
          usage: { input_tokens: 12, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "FINAL(7)" } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { input_tokens: 0, output_tokens: 5 },
      },
      { type: "message_stop" },
    ],
    { ...SEVEN, usage: { promptTokens: 12, completionTokens: 5 } },
    { api: "messages" },
  ),
  {
    quirk: "Yandex's alternatives",
    body: {
      result: {
        alternatives: [
          { message: { role: "assistant", text: "FINAL(7)" }, status: "ALTERNATIVE_STATUS_FINAL" },
        ],
        usage: { inputTextTokens: "10", completionTokens: "5", totalTokens: "15" },
      },
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5 } },
  },
];

/** What a model wrote in the form of a call, and its server could not read: the model's doing, and no fault of the server's. */
const UNREAD: readonly ReplyRow[] = [
  {
    quirk: "Groq: a call in another form, told in the error",
    status: 400,
    tools: true,
    body: {
      error: {
        message:
          "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: '<function=run>{"code": "print(1)"}</function>',
      },
    },
    reads: { text: "", toolCalls: [{ name: "run", arguments: '{"code": "print(1)"}' }] },
  },
  {
    quirk: "Groq: arguments that do not fit the schema, not told",
    status: 400,
    tools: true,
    body: {
      error: {
        message: "tool call validation failed: parameters for tool run did not match schema",
        type: "invalid_request_error",
        code: "tool_use_failed",
      },
    },
    reads: { text: "", toolCalls: [], usage: null },
  },
  {
    quirk: "Ollama: arguments that its parser refuses, told in the error",
    status: 500,
    tools: true,
    body: {
      error: `error parsing tool call: raw='{"code": "print(1)\n"}]', err=invalid character ']' after top-level value`,
    },
    reads: { toolCalls: [{ name: "run", arguments: '{"code":"print(1)\\n"}' }] },
  },
  {
    quirk: "Ollama: arguments that are no JSON at all",
    status: 500,
    tools: true,
    body: {
      error:
        "error parsing tool call: raw='ls -R\n', err=invalid character 'l' looking for beginning of value",
    },
    reads: { toolCalls: [{ name: "run", arguments: "ls -R\n", sentAs: expect.any(String) as string }] },
  },
  {
    quirk: "llama.cpp: a call that its parser refuses, told in the error",
    status: 500,
    tools: true,
    body: {
      error: {
        code: 500,
        message:
          "Failed to parse input at pos 395: <|tool_call_start|>[run(code='print(1)')]<|tool_call_end|>",
        type: "server_error",
      },
    },
    reads: CALLED,
  },
  {
    quirk: "llama.cpp: a text that its parser refuses",
    status: 500,
    body: {
      error: {
        code: 500,
        message: "The model produced output that does not match the expected peg-native format",
        type: "server_error",
      },
    },
    reads: { text: "", finishReason: "unknown" },
  },
  {
    quirk: "vLLM: channels that its parser refuses",
    status: 500,
    body: {
      error: {
        message: "Unexpected token 200002 while expecting start token 200006",
        type: "InternalServerError",
        param: null,
        code: 500,
      },
    },
    reads: { text: "", usage: null },
  },
  {
    quirk: "Cohere: a call that its parser refuses",
    status: 422,
    body: { message: "invalid tool generation: no valid tool" },
    reads: { text: "", usage: null },
  },
  {
    quirk: "Gemini: a malformed call, which it keeps to itself",
    body: { candidates: [{ content: {}, finishReason: "MALFORMED_FUNCTION_CALL", index: 0 }] },
    reads: { text: "", toolCalls: [], finishReason: "unknown" },
  },
];

export const REPORTED_REPLIES: readonly ReplyRow[] = [
  ...NOTATIONS,
  ...CALLS,
  ...THOUGHT_PIECES,
  ...USAGE,
  ...UNREAD,
];
