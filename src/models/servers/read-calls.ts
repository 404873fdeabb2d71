/** Reads native function calls with any form of arguments, names and ids. */
import type { JsonObject, ToolCall } from "../../types.ts";
import { endOfObject, type Fields, isFields, readJson, readLooseJson, readPython, textIn } from "./json.ts";
import { ARGUMENT_FIELDS, CALL_EXTRAS, CALL_ID_FIELDS } from "./reply-fields.ts";

/** Reads a server's calls, which have the function in a field or are flat. `offered` are the names of the offered functions. */
export function readCalls(calls: readonly unknown[], offered: readonly string[]): readonly ToolCall[] {
  const taken = new Map<string, number>();
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

/** @param taken the ids so far, each with the number to try first behind it if it comes again */
function freeId(id: string, taken: Map<string, number>): string {
  let free = id;
  let more = taken.get(id) ?? 1;
  for (; taken.has(free); more += 1) free = `${id}_${more}`;
  taken.set(id, more);
  if (free !== id) taken.set(free, 1);
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
  const isAsWritten = JSON.stringify(readJson(written)) === JSON.stringify(read);
  return isAsWritten ? { arguments: written } : { arguments: JSON.stringify(read), written };
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
  (text) => readJson(leadingObject(text) ?? "") ?? readLooseJson(leadingObject(text) ?? ""),
  (text) => readJson(/^\s*\{(\{[^]*\})\}\s*$/.exec(text)?.[1] ?? ""),
  // SGLang's and vLLM's streams begin with an object of their own, or end with the whole again.
  (text) => readJson(text.replace(/^\s*(?:\{\s*\}\s*)+(?=\{)/, "")),
  objectTwice,
];

/** The one object of a text that holds it twice. */
function objectTwice(text: string): unknown {
  const end = endOfObject(text);
  const [first, second] = end === null ? [] : [readJson(text.slice(0, end)), readJson(text.slice(end))];
  return first !== undefined && JSON.stringify(first) === JSON.stringify(second) ? first : undefined;
}

/** Some models write the whole call where its arguments belong. */
function withoutEnvelope(args: Fields): Fields {
  const { name, arguments: inner, ...others } = args;
  return typeof name === "string" && isFields(inner) && Object.keys(others).length === 0 ? inner : args;
}

/** The object that a text begins with, where nothing but brackets too many or marks of a template follows. */
function leadingObject(text: string): string | null {
  const end = endOfObject(text);
  const rest = end === null ? "" : text.slice(end).trim();
  return end !== null && rest !== "" && /^[\s}\]]*(?:<[^<>]*>\s*)*$/.test(rest) ? text.slice(0, end) : null;
}

/** Longer arguments are read only if they are JSON: to try every notation would take too long. */
const MOST_REPAIRED_CHARS = 2 ** 16;

function objectIn(text: string): Fields | null {
  const notations = text.length > MOST_REPAIRED_CHARS ? NOTATIONS.slice(0, 1) : NOTATIONS;
  for (const read of notations) {
    const found = read(text);
    const value = Array.isArray(found) && found.length === 1 ? (found[0] as unknown) : found;
    if (isFields(value)) return withoutEnvelope(value);
    if (typeof value === "string" && value !== text) return objectIn(value);
  }
  return null;
}
