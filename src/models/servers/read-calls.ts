/** Reads native function calls with any form of arguments, names and ids, including calls that are written in the text. */
import type { JsonObject, ToolCall } from "../../types.ts";
import { endOfObject, type Fields, isFields, readJson, readLooseJson, readPython, textIn } from "./json.ts";
import { ARGUMENT_FIELDS, CALL_EXTRAS, CALL_ID_FIELDS } from "./reply-fields.ts";

/** Reads a server's calls, which have the function in a field or are flat. `offered` are the names of the offered functions. */
export function readCalls(calls: readonly unknown[], offered: readonly string[]): readonly ToolCall[] {
  const taken = new Set<string>();
  return calls.filter(isFields).map((call, index) => {
    const inner = typeof call["function"] === "string" ? readJson(call["function"]) : call["function"];
    const called = isFields(inner) ? inner : call;
    const written = CALL_ID_FIELDS.map((field) => textIn(call[field])).find((id) => id !== null);
    const id = freeId(written ?? `call_${index}`, taken);
    const name = nameOf(
      textIn(called["name"]) ??
        textIn(call["name"]) ??
        textIn(call["recipient_name"]) ??
        textIn(call["tool_name"]),
      offered,
    );
    const extras = CALL_EXTRAS.filter((field) => call[field] != null).map((field) => [field, call[field]]);
    return {
      id,
      name,
      ...readArguments(ARGUMENT_FIELDS.map((field) => called[field]).find((value) => value != null)),
      ...(extras.length > 0 && { extra: Object.fromEntries(extras) as JsonObject }),
    };
  });
}

function freeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let more = 1; taken.has(free); more += 1) free = `${id}_${more}`;
  taken.add(free);
  return free;
}

/**
 * Finds the offered name, since some servers decorate, repeat or omit it: `functions.run`, `default_api:run`, `runrun`,
 * `run<|channel|>commentary`, null.
 */
function nameOf(written: string | null, offered: readonly string[]): string {
  if (written === null) return offered.length === 1 ? offered[0]! : "";
  if (offered.includes(written)) return written;
  const bare = written.trim().replace(/<\|.*$/, "");
  const meant = offered.find(
    (name) => bare === name || bare.replace(/^.*[.:/]/, "") === name || bare.replaceAll(name, "") === "",
  );
  return meant ?? written;
}

/** The arguments as the JSON text of an object, if they can be read as one. */
export function readArguments(given: unknown): Pick<ToolCall, "arguments" | "written" | "sentAs"> {
  if (isFields(given)) return { arguments: JSON.stringify(given) };
  if (given == null || given === "") return { arguments: "", sentAs: "{}" };
  const written = typeof given === "string" ? given : JSON.stringify(given);
  const read = objectIn(written);
  if (read === null) return { arguments: written, sentAs: argumentsToSend({ arguments: written }) };
  return isFields(readJson(written)) ? { arguments: written } : { arguments: JSON.stringify(read), written };
}

/** The arguments to send back to the server: as they are, or in an object if they are not the JSON of one. */
export function argumentsToSend({
  arguments: written,
  sentAs,
}: Pick<ToolCall, "arguments" | "sentAs">): string {
  if (sentAs !== undefined) return sentAs;
  if (written.trim() === "") return "{}";
  return isFields(readJson(written)) ? written : JSON.stringify({ unreadable: written });
}

/** The notations of an object: JSON, JSON encoded twice, with raw line breaks, in a fence, or a Python dict. */
const NOTATIONS: readonly ((text: string) => unknown)[] = [
  readJson,
  readLooseJson,
  (text) => readJson(/^\s*```(?:json)?\s*\n([^]*?)\n?```\s*$/.exec(text)?.[1] ?? ""),
  readPython,
  (text) => readJson(leadingObject(text) ?? ""),
  (text) => readJson(/^\s*\{(\{[^]*\})\}\s*$/.exec(text)?.[1] ?? ""),
];

/** The object that a text begins with, where nothing but brackets too many or marks of a template follows. */
function leadingObject(text: string): string | null {
  const end = endOfObject(text);
  const rest = end === null ? "" : text.slice(end).trim();
  return end !== null && rest !== "" && /^[\s}\]]*(?:<[^<>]*>\s*)*$/.test(rest) ? text.slice(0, end) : null;
}

function objectIn(text: string): Fields | null {
  for (const read of NOTATIONS) {
    const value = read(text);
    if (isFields(value)) return value;
    if (typeof value === "string" && value !== text) return objectIn(value);
  }
  return null;
}

/** How calls of Anthropic's XML and MiniMax's hold their parameters. */
const INVOKED = /<parameter name="([\w.-]+)">\n?([^]*?)\n?<\/parameter>/g;
/** How GLM's hold theirs. */
const KEYED = /<arg_key>([^<]*)<\/arg_key>\s*<arg_value>\n?([^]*?)\n?<\/arg_value>/g;

const pairsIn = (inner: string, pattern: RegExp) =>
  Object.fromEntries([...inner.matchAll(pattern)].map(([, name = "", value]) => [name.trim(), value]));

interface WrittenCall {
  readonly pattern: RegExp;
  /** Extracts the calls from a match. */
  readonly calls: (found: RegExpExecArray) => readonly unknown[];
}

const listed = (text: string): readonly unknown[] => {
  const value = readJson(text) ?? readLooseJson(text);
  return Array.isArray(value) ? value : [value];
};

/** How models write calls into their text, if the server does not extract them. */
const WRITTEN_CALLS: readonly WrittenCall[] = [
  // Qwen3-Coder's, before Hermes's, which surrounds it.
  {
    pattern: /(?:<tool_call>\s*)?<function=([\w.-]+)>([^]*?)(?:<\/function>|$)(?:\s*<\/tool_call>)?/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: parametersIn(inner) }],
  },
  // GLM's, before Hermes's, too.
  {
    pattern:
      /<tool_call>\s*([\w.-]+)\s*((?:<arg_key>[^<]*<\/arg_key>\s*<arg_value>[^]*?<\/arg_value>\s*)+)(?:<\/tool_call>|$)/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: pairsIn(inner, KEYED) }],
  },
  // Anthropic's XML and MiniMax's.
  {
    pattern: /<invoke name="([\w.-]+)">([^]*?)(?:<\/invoke>|$)/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: pairsIn(inner, INVOKED) }],
  },
  // Kimi's.
  {
    pattern:
      /<\|tool_call_begin\|>\s*([\w.-]+?)(?::\d+)?\s*<\|tool_call_argument_begin\|>\s*([^]*?)\s*(?:<\|tool_call_end\|>|$)/g,
    calls: ([, name, json = ""]) => [{ name, arguments: json }],
  },
  // Cohere's.
  {
    pattern: /<\|START_ACTION\|>\s*([^]*?)\s*(?:<\|END_ACTION\|>|$)/g,
    calls: ([, json = ""]) => listed(json),
  },
  // Granite's, and Phi's.
  {
    pattern: /(?:<\|tool_call\|>|\bfunctools)\s*(\[[^]*\])\s*$/g,
    calls: ([, json = ""]) => listed(json),
  },
  // Llama 4's and LFM's, in Python's notation, of one parameter.
  {
    pattern:
      /^\s*(?:<\|(?:tool_call_start|python_start)\|>)?\s*\[\s*([A-Za-z_]\w*)\(\s*([A-Za-z_]\w*)\s*=\s*([^]*)\)\s*\]\s*(?:<\|\w+\|>\s*)*$/g,
    calls: ([, name, key = "", value = ""]) => [{ name, arguments: { [key]: readPython(value) } }],
  },
  // Hermes's and Qwen's; the end may be cut off.
  { pattern: /<tool_call>\s*([^]*?)\s*(?:<\/tool_call>|$)/g, calls: ([, json = ""]) => listed(json) },
  { pattern: /<function_call>\s*([^]*?)\s*<\/function_call>/g, calls: ([, json = ""]) => listed(json) },
  // Mistral's, the newer one first.
  {
    pattern: /\[TOOL_CALLS\]\s*([\w.-]+)\s*\[ARGS\]\s*(\{[^]*\})\s*$/g,
    calls: ([, name, json = ""]) => [{ name, arguments: json }],
  },
  { pattern: /\[TOOL_CALLS\]\s*(\[[^]*\])\s*$/g, calls: ([, json = ""]) => listed(json) },
  // Llama's.
  { pattern: /<\|python_tag\|>\s*(\{[^]*\})\s*(?:<\|eom_id\|>)?$/g, calls: ([, json = ""]) => listed(json) },
  // gpt-oss's.
  {
    pattern:
      /(?:<\|start\|>assistant)?<\|channel\|>commentary to=functions\.([\w-]+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>([^]*?)(?:<\|call\|>|$)/g,
    calls: ([, name, json = ""]) => [{ name, arguments: json }],
  },
  // DeepSeek's.
  {
    pattern:
      /<｜tool▁call▁begin｜>(?:function)?(?:<｜tool▁sep｜>)?([\w-]+)(?:<｜tool▁sep｜>)?\s*(?:```json\s*)?(\{[^]*?\})\s*(?:```)?\s*<｜tool▁call▁end｜>/g,
    calls: ([, name, json = ""]) => [{ name, arguments: json }],
  },
  // A text that is only a call.
  {
    pattern:
      /^\s*(?:```(?:json)?\s*)?(\[?\s*\{\s*"(?:name|function|tool|tool_name)"[^]*\}\s*\]?)\s*(?:```)?\s*$/g,
    calls: ([, json = ""]) => listed(json),
  },
];
const CALL_MARKS =
  /<[｜|]tool▁calls▁(?:begin|end)[｜|]>|<\|tool_calls_section_(?:begin|end)\|>|<\/?(?:\w+:)?(?:tool_call|function_calls)>/g;

/** The calls of offered functions in a text, and the text without them; null if there are none. */
export function callsInText(
  text: string,
  offered: readonly string[],
): { readonly said: string; readonly calls: readonly ToolCall[] } | null {
  for (const { pattern, calls } of WRITTEN_CALLS) {
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

/** The parameters of Qwen3-Coder's calls, or the JSON in Llama's. */
function parametersIn(inner: string): unknown {
  const parameters = [...inner.matchAll(/<parameter=([\w.-]+)>\n?([^]*?)\n?<\/parameter>/g)];
  if (parameters.length === 0) return inner.trim();
  return Object.fromEntries(parameters.map(([, name, value]) => [name, value]));
}
