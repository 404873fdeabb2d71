/** Describes the context of a Python REPL, in the same words in every version. */
import type { ContextSummary } from "../../../types.ts";

/** Describes the context, which the policy does not see. */
export function describeContext(context: ContextSummary): string {
  const chars = context.chars.toLocaleString("en-US");
  if (context.type === "str") return `context is a str of ${chars} characters.`;
  if (context.type === "bytes") return `context is a bytes object of ${chars} bytes.`;
  if (context.type === "None") return "context is None.";
  if (context.parts === undefined)
    return `context is ${context.type === "int" ? "an" : "a"} ${context.type} of ${chars} characters.`;
  const parts = context.parts.toLocaleString("en-US");
  if (context.type === "dict") return `context is a dict with ${parts} keys, ${chars} characters in all.`;
  const items = context.items === "mixed" ? "values of several types" : (context.items ?? "str");
  return `context is a list of ${parts} ${items}, ${chars} characters in all.`;
}

/** Describes a context without its length, so that the text is the same for short and long ones. */
export function describeWithoutLength({ type, items }: ContextSummary): string {
  const article = type === "int" ? "an" : "a";
  const held = items === "mixed" ? "values of several types" : (items ?? "str");
  if (type === "None") return "context is None.";
  const what =
    type === "bytes" ? "a bytes object" : type === "list" ? `a list of ${held}` : `${article} ${type}`;
  return `context is ${what}; its length is not told here.`;
}
