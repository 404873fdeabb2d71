/** Finds calls that a model wrote into its text, where the server did not extract them. A notation is a row of the table. */
import type { ToolCall } from "../../types.ts";
import { isFields, readJson, readLooseJson, readPython } from "./json.ts";
import { readCalls } from "./read-calls.ts";

interface WrittenCall {
  readonly of: string;
  readonly pattern: RegExp;
  /** What a text has where it holds such a call; without it, each opening would be followed to the text's end. */
  readonly end?: RegExp;
  /** Extracts the calls from a match. */
  readonly calls: (found: RegExpExecArray) => readonly unknown[];
}

/** The most lines of a text that are read as calls: a line that is no JSON takes long to find out about. */
const MOST_LINES = 256;

/** The objects in a list, on lines of their own, or alone. */
function listed(text: string): readonly unknown[] {
  const value = readJson(text) ?? readLooseJson(text);
  if (Array.isArray(value)) return value;
  if (value !== undefined) return [value];
  const lines = text.split("\n").filter((line) => line.trimStart().startsWith("{"));
  return lines.slice(0, MOST_LINES).map(readJson).filter(isFields);
}

const pairsIn = (inner: string, pattern: RegExp) =>
  Object.fromEntries([...inner.matchAll(pattern)].map(([, name = "", value]) => [name.trim(), value]));

/** The parameters of XML with names in attributes. */
const INVOKED =
  /<(?:\w+:|｜DSML｜)?parameter name="([\w.-]+)"[^<>]*>\n?([^]*?)\n?<\/(?:\w+:|｜DSML｜)?parameter>/g;
/** The parameters of GLM's calls. */
const KEYED = /<arg_key>([^<]*)<\/arg_key>\s*<arg_value>\n?([^]*?)\n?<\/arg_value>/g;

/** The parameters of Qwen3-Coder's calls, or the JSON in Llama's. */
function parametersIn(inner: string): unknown {
  const parameters = [...inner.matchAll(/<parameter=([\w.-]+)>\n?([^]*?)\n?<\/parameter>/g)];
  if (parameters.length === 0) return inner.trim();
  return Object.fromEntries(parameters.map(([, name, value]) => [name, value]));
}

const json =
  (group: number) =>
  (found: RegExpExecArray): readonly unknown[] =>
    listed(found[group] ?? "");
const named = ([, name, written = ""]: RegExpExecArray): readonly unknown[] => [
  { name, arguments: written.trim() },
];
/** A call in Python's notation, of one parameter. */
const inPython = ([, name, key = "", value = ""]: RegExpExecArray): readonly unknown[] => [
  { name, arguments: { [key]: readPython(value) } },
];

/** The first notation that fits holds: those that others surround come before them. */
const WRITTEN_CALLS: readonly WrittenCall[] = [
  {
    of: "Qwen3-Coder, Seed-OSS",
    pattern: /(?:<tool_call>\s*)?<function=([\w.-]+)>([^]*?)(?:<\/function>|$)(?:\s*<\/tool_call>)?/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: parametersIn(inner) }],
  },
  {
    of: "GLM",
    pattern:
      /<tool_call>\s*([\w.-]+)\s*((?:<arg_key>[^<]*<\/arg_key>\s*<arg_value>(?:(?!<\/arg_value>)[^])*<\/arg_value>\s*)+)(?:<\/tool_call>|$)/g,
    end: /<\/arg_value>/,
    calls: ([, name, inner = ""]) => [{ name, arguments: pairsIn(inner, KEYED) }],
  },
  {
    of: "Hunyuan 3",
    pattern:
      /<tool_call(?::\w+)?>\s*([\w.-]+)\s*<tool_sep(?::\w+)?>\s*(\{[^]*?\})\s*(?:<(?:\/tool_call|end_of_tool_call)(?::\w+)?>|$)/g,
    end: /\}\s*(?:<(?:\/tool_call|end_of_tool_call)|$)/,
    calls: named,
  },
  {
    of: "Anthropic's XML, MiniMax M2, Step3, DeepSeek V3.2",
    pattern: /<(?:\w+:|｜DSML｜)?invoke name="([\w.-]+)">([^]*?)(?:<\/(?:\w+:|｜DSML｜)?invoke>|$)/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: pairsIn(inner, INVOKED) }],
  },
  {
    of: "Kimi K2",
    pattern:
      /<\|tool_call_begin\|>\s*([\w.-]+?)(?::\d+)?\s*<\|tool_call_argument_begin\|>([^]*?)(?:<\|tool_call_end\|>|$)/g,
    calls: named,
  },
  { of: "Cohere", pattern: /<\|START_ACTION\|>([^]*?)(?:<\|END_ACTION\|>|$)/g, calls: json(1) },
  {
    of: "Granite, Phi",
    pattern: /(?:<\|tool_call\|>|\bfunctools)\s*(\[[^]*\])\s*(?:<\|\/tool_call\|>\s*)?$/g,
    end: /\]\s*(?:<\|\/tool_call\|>\s*)?$/,
    calls: json(1),
  },
  {
    of: "Gemma 4",
    pattern: /<\|tool_call>call:([\w.-]+)\{\s*(\w+):<\|"\|>([^]*?)<\|"\|>\s*\}(?:<tool_call\|>|$)/g,
    end: /<\|"\|>\s*\}(?:<tool_call\|>|$)/,
    calls: ([, name, key = "", value = ""]) => [{ name, arguments: { [key]: value } }],
  },
  {
    of: "Apertus",
    pattern: /<\|tools_prefix\|>([^]*?)(?:<\|tools_suffix\|>|$)/g,
    calls: ([, list = ""]) =>
      listed(list)
        .filter(isFields)
        .flatMap((calls) => Object.entries(calls).map(([name, args]) => ({ name, arguments: args }))),
  },
  {
    of: "Llama 4, LFM",
    pattern:
      /^\s*(?:<\|(?:tool_call_start|python_start)\|>\s*)?\[\s*([A-Za-z_]\w*)\(\s*([A-Za-z_]\w*)\s*=\s*([^]*)\)\s*\]\s*(?:<\|\w+\|>\s*)*$/g,
    calls: inPython,
  },
  {
    of: "Olmo",
    pattern: /<function_calls>\s*([A-Za-z_]\w*)\(\s*([A-Za-z_]\w*)\s*=\s*([^]*)\)\s*<\/function_calls>/g,
    end: /\)\s*<\/function_calls>/,
    calls: inPython,
  },
  {
    of: "Hermes, Qwen, Longcat; the end may be cut off",
    pattern: /<(?:longcat_)?tool_call>([^]*?)(?:<\/(?:longcat_)?tool_call>|$)/g,
    calls: json(1),
  },
  { of: "MiniMax M1, Jamba", pattern: /<tool_calls>([^]*?)(?:<\/tool_calls>|$)/g, calls: json(1) },
  { of: "Nemotron", pattern: /<TOOLCALL>([^]*?)(?:<\/TOOLCALL>|$)/g, calls: json(1) },
  {
    of: "InternLM",
    pattern: /<\|action_start\|>\s*<\|plugin\|>([^]*?)(?:<\|action_end\|>|$)/g,
    calls: json(1),
  },
  {
    of: "others",
    pattern: /<function_call>([^]*?)<\/function_call>/g,
    end: /<\/function_call>/,
    calls: json(1),
  },
  {
    of: "Mistral's newer tokenizer",
    pattern: /\[TOOL_CALLS\]\s*([\w.-]+)\s*\[ARGS\]\s*(\{[^]*\})\s*$/g,
    end: /\}\s*$/,
    calls: named,
  },
  { of: "Mistral", pattern: /\[TOOL_CALLS\]\s*(\[[^]*\])\s*$/g, end: /\]\s*$/, calls: json(1) },
  {
    of: "Llama",
    pattern: /<\|python_tag\|>\s*(\{[^]*\})\s*(?:<\|eom_id\|>)?$/g,
    end: /\}\s*(?:<\|eom_id\|>)?$/,
    calls: json(1),
  },
  {
    of: "gpt-oss",
    pattern:
      /(?:<\|start\|>assistant)?<\|channel\|>(?:commentary|analysis) to=functions\.([\w-]+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>([^]*?)(?:<\|call\|>|$)/g,
    calls: named,
  },
  {
    of: "gpt-oss, with the function before the channel",
    pattern:
      /<\|start\|>assistant to=functions\.([\w-]+)<\|channel\|>[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>([^]*?)(?:<\|call\|>|$)/g,
    calls: named,
  },
  {
    of: "gpt-oss without its tokens",
    pattern: /(?:assistant)?commentary to=functions\.([\w-]+)\s*(?:(?:json|code)\s*)?(\{[^]*\})\s*$/g,
    end: /\}\s*$/,
    calls: named,
  },
  {
    of: "DeepSeek",
    pattern:
      /<｜tool▁call▁begin｜>(?:function)?(?:<｜tool▁sep｜>)?([\w-]+)(?:<｜tool▁sep｜>)?\s*(?:```json\s*)?(\{[^]*?\})\s*(?:```\s*)?<｜tool▁call▁end｜>/g,
    end: /\}\s*(?:```\s*)?<｜tool▁call▁end｜>/,
    calls: named,
  },
  {
    of: "a text that is only a call",
    pattern:
      /^\s*(?:```(?:json)?\s*)?((?:\[\s*)?\{\s*"(?:name|function|tool|tool_name)"[^]*\}(?:\s*\])?)\s*(?:```\s*)?$/g,
    calls: json(1),
  },
];

/** Marks around calls, which mean nothing once those are taken out. */
const CALL_MARKS =
  /<[｜|]tool[▁_]calls?[▁_](?:begin|end)[｜|]>(?:function<｜tool_sep｜>)?|<\|tool_calls_section_(?:begin|end)\|>|<\/?(?:\w+:|｜DSML｜)?(?:tool_calls?|function_calls)(?::\w+)?>/g;

/** A longer text holds none: each mark in it may be looked at to the end of the text. */
const MOST_CALL_CHARS = 20_000;

/** The calls of offered functions in a text, and the text without them; null if there are none. */
export function callsInText(
  text: string,
  offered: readonly string[],
): { readonly said: string; readonly calls: readonly ToolCall[] } | null {
  if (text.length > MOST_CALL_CHARS) return null;
  for (const { pattern, end, calls } of WRITTEN_CALLS) {
    if (end?.test(text) === false) continue;
    const found = [...text.matchAll(pattern)].flatMap((match) => calls(match));
    const read = readCalls(found.map(calledIn), offered).filter(({ name }) => offered.includes(name));
    if (read.length > 0)
      return { said: text.replaceAll(pattern, "").replaceAll(CALL_MARKS, "").trim(), calls: read };
  }
  return null;
}

/** Some write `{"function": "run", "arguments": …}`. */
function calledIn(call: unknown): unknown {
  if (!isFields(call)) return call;
  const name = call["function"] ?? call["tool"];
  return typeof name === "string" ? { ...call, name } : call;
}
