/** Completions that a policy could write to keep the host busy: what is repeated, and what stands around it. */
import { readReply } from "../src/models/servers/read-reply.ts";
import { PARSE_RULES } from "../src/languages/python/parse/parse.ts";
import { CALL_BEGINS, MARKS } from "../src/parse/thought-marks.ts";

/** What is repeated. */
export const HOSTILE_UNITS: readonly string[] = [
  ...Array.from("*`_(){}[]'\"\\\n\t a"),
  "# ",
  "> ",
  " \n",
  "   \n",
  "\u200b\n",
  "'''",
  '"""',
  "\r\n",
  "漢",
  "The quick brown fox. ",
  "x = 1\n",
  "f(\n",
  "import a\n",
  "for a in b:\n",
  "    x\n",
  "# a\n",
  "@a\n",
  "x = '''\n",
  ">>> x\n",
  "```\n",
  "```repl\n",
  "```repl\nx\n```\n",
  "~~~\n",
  "'''repl\n",
  "``` repl",
  "a```repl b\n",
  "{\n",
  '\\"',
  "\\'",
  " #",
  "#'",
  '"\n"',
  '"NaN"',
  "FINAL(",
  "FINAL(x)\n",
  "FINAL(answer) b\n",
  "FINAL(...)\n",
  "FINAL(your :) b\n",
  "FINAL()\n",
  'FINAL("a") b\n',
  "FINAL（a）",
  ":) ",
  "1. FINAL(",
  'FINAL("\n',
  "<think>",
  "</think>",
  "<think></think>",
  "<think>\n",
  "`<think>`",
  "```\n<think>\n",
  "<THINK>",
  "<|channel|>",
  "<|channel|>analysis<|message|>a<|end|>",
  "analysisA",
  "assistantfinal",
  "<python>",
  "<code>\n",
  "<tool_call>{",
  "<tool_call>{}</tool_call>",
  "[TOOL_CALLS][{",
  "[TOOL_CALLS][",
  "<|python_tag|>{",
  "<function=call_python_repl><parameter=code>",
  "functools[] ",
  "<|tool_call|>[",
  '{"name": "call_python_repl", "arguments": {"code": "x"}}\n',
  "<tool_call>a<tool_sep>{}",
  "NaN ",
  ...MARKS.slice(10).map(({ open, close }) => open + close),
  ...CALL_BEGINS,
];

/** What stands before and behind it. */
export const HOSTILE_WRAPS: readonly (readonly [string, string])[] = [
  ["", ""],
  ["FINAL(", ")"],
  ["FINAL(", "!)"],
  ["```repl\n", "\n```"],
  ["```repl ", "\n```"],
  ["\n<think>", ""],
  ["", "</think>x"],
  ["", "\rx"],
  ["<tool_call>", "</tool_call>"],
  ["[a(b=", ")]"],
];

/** What reads a completion, by the name of the reading. */
export const COMPLETION_READINGS: Readonly<Record<string, (text: string) => unknown>> = {
  "a completion": (text) => CURRENT.parse({ text, toolCalls: [], finishReason: "stop" }, "repl", true),
  "a completion with calls": (text) =>
    CURRENT.parse({ text, toolCalls: [], finishReason: "stop" }, "tool", false),
  "a native call": (text) => {
    const call = { id: "a", name: "call_python_repl", arguments: JSON.stringify({ code: text }) };
    return CURRENT.parse({ text: "", toolCalls: [call], finishReason: "tool_calls" }, "tool", false);
  },
  "names in code": (text) => CURRENT.boundNames(text),
  "a server's reply": (text) => readMessage({ content: text }),
  "a server's call": (text) =>
    readMessage({ tool_calls: [{ id: "a", function: { name: "call_python_repl", arguments: text } }] }),
};

const CURRENT = PARSE_RULES["0.5.0"];

function readMessage(message: object): unknown {
  const choice = { index: 0, finish_reason: "stop", message: { role: "assistant", ...message } };
  return readReply({ choices: [choice] }, ["call_python_repl"]);
}
