/** Native calls as servers send them, and calls that models write into the text. */
import { calling, chat, type ReplyRow, said, withArguments } from "./rows.ts";

const CODE = '{"code":"print(1)"}';
const ran = (further: object = {}) => ({
  toolCalls: [{ id: "c1", name: "run", arguments: CODE, ...further }],
});
const anyId = { toolCalls: [{ name: "run", arguments: CODE }] };
const unreadable = (written: string, sentAs: string) => ({
  toolCalls: [{ name: "run", arguments: written, sentAs }],
});

const shapes: readonly ReplyRow[] = [
  { quirk: "arguments as JSON", body: calling(withArguments(CODE)), reads: ran() },
  { quirk: "arguments as an object", body: calling(withArguments({ code: "print(1)" })), reads: ran() },
  { quirk: "arguments null", body: calling(withArguments(null)), reads: unreadable("", "{}") },
  {
    quirk: "arguments missing",
    body: calling([{ id: "c1", function: { name: "run" } }]),
    reads: unreadable("", "{}"),
  },
  { quirk: "arguments empty", body: calling(withArguments("")), reads: unreadable("", "{}") },
  {
    quirk: "arguments as a list",
    body: calling(withArguments(["print(1)"])),
    reads: unreadable('["print(1)"]', '{"unreadable":"[\\"print(1)\\"]"}'),
  },
  {
    quirk: "arguments as a number",
    body: calling(withArguments(7)),
    reads: unreadable("7", '{"unreadable":"7"}'),
  },
  {
    quirk: "arguments in Python's notation",
    body: calling(withArguments("{'code': 'print(1)'}")),
    reads: ran({ written: "{'code': 'print(1)'}" }),
  },
  {
    quirk: "Python's notation with constants and a tuple",
    body: calling(withArguments("{'code': 'print(1)', 'n': None, 'b': True, 't': (1, 2.5)}")),
    reads: { toolCalls: [{ arguments: '{"code":"print(1)","n":null,"b":true,"t":[1,2.5]}' }] },
  },
  {
    quirk: "Python's notation with escapes and triple quotes",
    body: calling(withArguments(`{'code': """print('a\\n')\nprint("b")"""}`)),
    reads: { toolCalls: [{ arguments: JSON.stringify({ code: "print('a\n')\nprint(\"b\")" }) }] },
  },
  { quirk: "arguments encoded twice", body: calling(withArguments(JSON.stringify(CODE))), reads: ran() },
  {
    quirk: "raw line breaks in the JSON's text",
    body: calling(withArguments('{"code": "a = 1\nprint(a)"}')),
    reads: { toolCalls: [{ arguments: '{"code":"a = 1\\nprint(a)"}' }] },
  },
  {
    quirk: "arguments in a fence",
    body: calling(withArguments(`\`\`\`json\n${CODE}\n\`\`\``)),
    reads: ran(),
  },
  {
    quirk: "arguments that break off",
    body: calling(withArguments('{"code": "print(1)')),
    reads: unreadable('{"code": "print(1)', String.raw`{"unreadable":"{\"code\": \"print(1)"}`),
  },
  {
    quirk: "arguments that are code",
    body: calling(withArguments("print(1)")),
    reads: unreadable("print(1)", '{"unreadable":"print(1)"}'),
  },
  {
    quirk: "parameters in place of arguments",
    body: calling([{ id: "c1", function: { name: "run", parameters: { code: "print(1)" } } }]),
    reads: ran(),
  },
  { quirk: "a flat call", body: calling([{ id: "c1", name: "run", arguments: CODE }]), reads: ran() },
  {
    quirk: "several calls",
    body: calling([...withArguments(CODE), { id: "c2", function: { name: "run", arguments: "{}" } }]),
    reads: { toolCalls: [{ id: "c1" }, { id: "c2" }] },
  },
  {
    quirk: "calls of the same id",
    body: calling([...withArguments(CODE), ...withArguments("{}")]),
    reads: { toolCalls: [{ id: "c1" }, { id: "c1_1" }] },
  },
  {
    quirk: "no id",
    body: calling([{ function: { name: "run", arguments: CODE } }]),
    reads: { toolCalls: [{ id: "call_0", name: "run" }] },
  },
  {
    quirk: "an empty id",
    body: calling([{ id: "", function: { name: "run", arguments: CODE } }]),
    reads: { toolCalls: [{ id: "call_0" }] },
  },
  { quirk: "a call in place of a list", body: calling(withArguments(CODE)[0]), reads: ran() },
  {
    quirk: "the older single function_call",
    body: chat(said(null, { function_call: { name: "run", arguments: CODE } }), {
      finish_reason: "function_call",
    }),
    reads: { ...anyId, finishReason: "tool_calls" },
  },
  {
    quirk: "an empty list beside the older call",
    body: chat(said(null, { tool_calls: [], function_call: { name: "run", arguments: CODE } })),
    reads: anyId,
  },
  {
    quirk: "a name of null, where one function was offered",
    body: calling([{ id: "c1", function: { name: null, arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name that is repeated",
    body: calling([{ id: "c1", function: { name: "runrun", arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name with its namespace",
    body: calling([{ id: "c1", function: { name: "functions.run", arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name with Gemini's namespace",
    body: calling([{ id: "c1", function: { name: "default_api:run", arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name with a channel's rest",
    body: calling([{ id: "c1", function: { name: "run<|channel|>commentary", arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name in white space",
    body: calling([{ id: "c1", function: { name: " run\n", arguments: CODE } }]),
    reads: ran(),
  },
  {
    quirk: "a name that was not offered",
    body: calling([{ id: "c1", function: { name: "look", arguments: CODE } }]),
    reads: { toolCalls: [{ name: "look" }] },
  },
  {
    quirk: "text beside a call",
    body: chat(said("First:", { tool_calls: withArguments(CODE) })),
    reads: { text: "First:", ...ran() },
  },
  { quirk: "calls that are null", body: calling([null, ...withArguments(CODE)]), reads: ran() },
  {
    quirk: "Gemini's signature, which goes back",
    body: calling([{ ...withArguments(CODE)[0], extra_content: { google: { thought_signature: "s" } } }]),
    reads: ran({ extra: { extra_content: { google: { thought_signature: "s" } } } }),
  },
  {
    quirk: "a part that is a call",
    body: chat(said([{ type: "tool_use", id: "c1", name: "run", input: { code: "print(1)" } }])),
    reads: ran(),
  },
  {
    quirk: "Messages' call",
    api: "messages",
    body: {
      type: "message",
      role: "assistant",
      content: [
        { type: "text", text: "Look." },
        { type: "tool_use", id: "c1", name: "run", input: { code: "print(1)" } },
      ],
      stop_reason: "tool_use",
    },
    reads: { text: "Look.", finishReason: "tool_calls", ...ran() },
  },
  {
    quirk: "Responses' call",
    api: "responses",
    body: {
      object: "response",
      status: "completed",
      output: [
        {
          type: "function_call",
          id: "fc_1",
          call_id: "c1",
          name: "run",
          arguments: CODE,
          status: "completed",
        },
      ],
    },
    reads: ran(),
  },
  {
    quirk: "Gemini's own call",
    body: {
      candidates: [
        {
          content: {
            parts: [{ functionCall: { name: "run", args: { code: "print(1)" } }, thoughtSignature: "s" }],
          },
          finishReason: "STOP",
        },
      ],
    },
    reads: { toolCalls: [{ name: "run", arguments: CODE, extra: { thought_signature: "s" } }] },
  },
  {
    quirk: "Ollama's own call",
    body: {
      message: {
        role: "assistant",
        content: "",
        tool_calls: [{ function: { name: "run", arguments: { code: "print(1)" } } }],
      },
      done: true,
    },
    reads: anyId,
  },
];

/** Calls in the text, if the server has no parser for them or missed one. */
const inText: readonly ReplyRow[] = [
  {
    quirk: "Hermes's mark",
    body: chat(said(`<tool_call>\n{"name": "run", "arguments": ${CODE}}\n</tool_call>`)),
    reads: { text: "", ...anyId },
  },
  {
    quirk: "Hermes's mark after a text",
    body: chat(said(`Look:\n<tool_call>{"name": "run", "arguments": ${CODE}}</tool_call>`)),
    reads: { text: "Look:", ...anyId },
  },
  {
    quirk: "Qwen3-Coder's mark",
    body: chat(
      said(
        "<tool_call>\n<function=run>\n<parameter=code>\nprint(1)\n</parameter>\n</function>\n</tool_call>",
      ),
    ),
    reads: { text: "", ...anyId },
  },
  { quirk: "Llama's mark", body: chat(said(`<function=run>${CODE}</function>`)), reads: anyId },
  {
    quirk: "Llama's Python tag",
    body: chat(said(`<|python_tag|>{"name": "run", "parameters": ${CODE}}<|eom_id|>`)),
    reads: anyId,
  },
  {
    quirk: "Mistral's list",
    body: chat(said(`[TOOL_CALLS][{"name": "run", "arguments": ${CODE}}]`)),
    reads: anyId,
  },
  { quirk: "Mistral's newer form", body: chat(said(`[TOOL_CALLS]run[ARGS]${CODE}`)), reads: anyId },
  {
    quirk: "gpt-oss's commentary",
    body: chat(
      said(
        `<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.run <|constrain|>json<|message|>${CODE}<|call|>`,
      ),
    ),
    reads: { ...anyId, reasoning: { text: "Hm." } },
  },
  {
    quirk: "DeepSeek's marks",
    body: chat(
      said(
        `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>run\n\`\`\`json\n${CODE}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
      ),
    ),
    reads: { text: "", ...anyId },
  },
  {
    quirk: "a text that is a call",
    body: chat(said(`{"name": "run", "arguments": ${CODE}}`)),
    reads: { text: "", ...anyId },
  },
  {
    quirk: "a fenced text that is a call",
    body: chat(said(`\`\`\`json\n{"name": "run", "parameters": ${CODE}}\n\`\`\``)),
    reads: anyId,
  },
  {
    quirk: "a call of what was not offered, which is text",
    body: chat(said('{"name": "look", "arguments": {}}')),
    reads: { text: '{"name": "look", "arguments": {}}', toolCalls: [] },
  },
  {
    quirk: "a call within a thought, which is none",
    body: chat(said(`<think><tool_call>{"name": "look", "arguments": {}}</tool_call></think>FINAL(7)`)),
    reads: { text: "FINAL(7)", toolCalls: [] },
  },
];

export const TOOL_CALLS: readonly ReplyRow[] = [...shapes, ...inText].map((row) => ({
  ...row,
  tools: true as const,
}));
