/** Reads the body of a reply as one value: from JSON, from a stream that was not asked for, or from lines of JSON. */
import { EventStream } from "./event-stream.ts";
import { endOfObject, isFields, readJson } from "./json.ts";
import { StreamedBody } from "./streamed-body.ts";

/** A body: JSON, JSON or a stream that breaks off (`cut`), or anything else (`text`). */
export type Body =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "cut"; readonly what: string }
  | { readonly kind: "text"; readonly what: string };

/** Reads a body without regard to its content type. */
export function readBody(written: string): Body {
  const text = written.replace(/^\uFEFF/, "");
  const trimmed = text.replaceAll(PADDING, "").trim();
  if (trimmed === "") return { kind: "text", what: "nothing" };
  const value = readJson(trimmed);
  // JSON that was encoded twice.
  const inner = typeof value === "string" ? readJson(value) : undefined;
  if (isFields(inner)) return { kind: "json", value: inner };
  if (value !== undefined && typeof value !== "string") return { kind: "json", value };
  // Comments that keep the connection alive may come before the JSON.
  const alone = trimmed.replaceAll(/^:.*$/gm, "").trim();
  const afterComments = alone === trimmed ? undefined : readJson(alone);
  if (isFields(afterComments)) return { kind: "json", value: afterComments };
  const wrapped = objectAmidst(trimmed);
  if (wrapped !== null) return { kind: "json", value: wrapped };
  if (/^[ \t]*(?:data|event):/m.test(trimmed)) return streamIn(text);
  const lines = trimmed.split("\n").map(readJson);
  if (lines.length > 1 && lines.every(isFields)) return putTogether(lines);
  if (trimmed.startsWith("<")) return { kind: "text", what: "HTML" };
  if (/^[{[]/.test(trimmed)) return { kind: "cut", what: "JSON that breaks off or is none" };
  return { kind: "text", what: "text" };
}

/** What some proxies fill a body with. */
const PADDING = /^\0+|\0+$/g;
/** What may stand before and behind the JSON of a reply: a guard against scripts, lengths of chunks, an end of a stream. */
const BEFORE = /^(?:\)\]\}',?\s*|[0-9a-fA-F]{1,8}\s*\r?\n)$/;
const BEHIND = /^\s*(?:data:\s*\[DONE\]|0)?\s*$/;

/** The one object of a body that has something else around it; null if it has not. */
function objectAmidst(text: string): unknown {
  const start = text.indexOf("{");
  const end = start === -1 ? null : endOfObject(text.slice(start));
  if (end === null) return null;
  const [before, behind] = [text.slice(0, start), text.slice(start + end)];
  if ((before !== "" && !BEFORE.test(before)) || !BEHIND.test(behind)) return null;
  const value = readJson(text.slice(start, start + end));
  return isFields(value) ? value : null;
}

function streamIn(text: string): Body {
  const events = new EventStream();
  // Lines may end in CR alone, and their fields may be indented.
  const lines = text.replaceAll(/\r(?!\n)/g, "\n").replaceAll(/^[ \t]+(?=(?:data|event):)/gm, "");
  const all = [...events.push(Buffer.from(lines)), ...events.end()];
  const values = all.flatMap(({ raw, data }) => {
    const value = data === null || data === "[DONE]" ? undefined : readJson(data);
    const isError = /^event: ?error\b/m.test(raw) && isFields(value) && !("error" in value);
    return isError ? [{ error: value }] : [value];
  });
  return putTogether(values.filter(isFields), { isEnded: all.some(({ data }) => data === "[DONE]") });
}

/** @param isEnded whether the server said that this is all, though not why */
function putTogether(events: readonly unknown[], { isEnded = false } = {}): Body {
  const stream = new StreamedBody();
  for (const event of events) stream.add(event);
  if (stream.error !== null) return { kind: "json", value: stream.error };
  const isAll = stream.isWhole || (isEnded && stream.body !== null);
  if (!isAll) return { kind: "cut", what: "a stream that breaks off" };
  return { kind: "json", value: stream.body };
}
