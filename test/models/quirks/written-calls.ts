/** More notations for calls: what models write into the text, and what servers make of a list of calls and its arguments. */
import { calling, chat, type ReplyRow, said, withArguments } from "./rows.ts";

const CODE = '{"code":"print(1)"}';
const reads = { toolCalls: [{ name: "run", arguments: CODE }] };
const CALL = '{"name": "run", "arguments": {"code": "print(1)"}}';
const writes = (quirk: string, text: string): ReplyRow => ({ quirk, body: chat(said(text)), reads });
const sends = (quirk: string, calls: unknown): ReplyRow => ({ quirk, body: calling(calls), reads });

const rows: readonly ReplyRow[] = [
  writes("Hermes's mark without its end", `<tool_call>\n${CALL}`),
  writes("Qwen3-Coder's mark without its end", "<function=run>\n<parameter=code>\nprint(1)\n</parameter>\n"),
  writes(
    "GLM's keys and values",
    "<tool_call>run\n<arg_key>code</arg_key>\n<arg_value>print(1)</arg_value>\n</tool_call>",
  ),
  writes(
    "MiniMax's XML",
    '<minimax:tool_call>\n<invoke name="run">\n<parameter name="code">print(1)</parameter>\n</invoke>\n</minimax:tool_call>',
  ),
  writes(
    "Anthropic's XML",
    '<function_calls>\n<invoke name="run">\n<parameter name="code">print(1)</parameter>\n</invoke>\n</function_calls>',
  ),
  writes("Granite's mark", `<|tool_call|>[${CALL}]`),
  writes("Phi's functools", `functools[${CALL}]`),
  writes(
    "Cohere's action",
    '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "run", "parameters": {"code": "print(1)"}}]<|END_ACTION|>',
  ),
  writes("a list of calls", `[${CALL}]`),
  writes("Llama 4's Python", '[run(code="print(1)")]'),
  writes("LFM's Python in its marks", "<|tool_call_start|>[run(code='print(1)')]<|tool_call_end|>"),
  writes("a call named tool", '{"tool": "run", "arguments": {"code": "print(1)"}}'),
  sends("the list of calls as JSON text", JSON.stringify(withArguments(CODE))),
  sends("a map of calls", { "0": withArguments(CODE)[0] }),
  sends("a brace too many", withArguments('{"code": "print(1)"}}')),
  sends("a template's mark behind the arguments", withArguments('{"code": "print(1)"}<|im_end|>')),
  sends("braces twice", withArguments('{{"code": "print(1)"}}')),
  sends("a trailing comma", withArguments('{"code": "print(1)",}')),
  sends("the function as JSON text", [{ id: "c1", type: "function", function: CALL }]),
  sends("the function as a name alone", [
    { id: "c1", type: "function", function: "run", arguments: { code: "print(1)" } },
  ]),
  sends("an id that is a number", [{ id: 7, function: { name: "run", arguments: CODE } }]),
  {
    quirk: "Kimi's marks",
    body: chat(
      said(
        `<|tool_calls_section_begin|><|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>${CODE}<|tool_call_end|><|tool_calls_section_end|>`,
      ),
    ),
    reads: { ...reads, text: "" },
  },
  {
    quirk: "two objects of arguments in one text, which nobody can tell apart",
    body: calling(withArguments('{"code": "1"}{"code": "2"}')),
    reads: { toolCalls: [{ name: "run", arguments: '{"code": "1"}{"code": "2"}' }] },
  },
];

export const WRITTEN_CALLS: readonly ReplyRow[] = rows.map((row) => ({ tools: true, ...row }));
