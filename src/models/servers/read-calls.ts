/** Reads native function calls with any form of arguments, names and ids, including calls that are written in the text. */
import type { JsonObject, ToolCall } from "../../types.ts";
import { type Fields, isFields, readJson, readLooseJson, readPython, textIn } from "./json.ts";
import { ARGUMENT_FIELDS, CALL_EXTRAS, CALL_ID_FIELDS } from "./reply-fields.ts";

/** Reads a server's calls, which have the function in a field or are flat. `offered` are the names of the offered functions. */
export function readCalls(calls: readonly unknown[], offered: readonly string[]): readonly ToolCall[] {
  const taken = new Set<string>();
  return calls.filter(isFields).map((call, index) => {
    const called = isFields(call["function"]) ? call["function"] : call;
    const written = CALL_ID_FIELDS.map((field) => textIn(call[field])).find((id) => id !== null);
    const id = freeId(written ?? `call_${index}`, taken);
    const name = nameOf(
      textIn(called["name"]) ?? textIn(call["name"]) ?? textIn(call["recipient_name"]),
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
];

function objectIn(text: string): Fields | null {
  for (const read of NOTATIONS) {
    const value = read(text);
    if (isFields(value)) return value;
    if (typeof value === "string" && value !== text) return objectIn(value);
  }
  return null;
}

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
    pattern: /(?:<tool_call>\s*)?<function=([\w.-]+)>([^]*?)<\/function>(?:\s*<\/tool_call>)?/g,
    calls: ([, name, inner = ""]) => [{ name, arguments: parametersIn(inner) }],
  },
  // Hermes's and Qwen's.
  { pattern: /<tool_call>\s*([^]*?)\s*<\/tool_call>/g, calls: ([, json = ""]) => listed(json) },
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
    pattern: /^\s*(?:```(?:json)?\s*)?(\{\s*"(?:name|function)"[^]*\})\s*(?:```)?\s*$/g,
    calls: ([, json = ""]) => listed(json),
  },
];
const CALL_MARKS = /<[｜|]tool▁calls▁(?:begin|end)[｜|]>/g;

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
  return isFields(call) && typeof call["function"] === "string" ? { ...call, name: call["function"] } : call;
}

/** The parameters of Qwen3-Coder's calls, or the JSON in Llama's. */
function parametersIn(inner: string): unknown {
  const parameters = [...inner.matchAll(/<parameter=([\w.-]+)>\n?([^]*?)\n?<\/parameter>/g)];
  if (parameters.length === 0) return inner.trim();
  return Object.fromEntries(parameters.map(([, name, value]) => [name, value]));
}
