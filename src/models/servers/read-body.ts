/** Reads the body of a reply as one value: from JSON, from a stream that was not asked for, or from lines of JSON. */
import { EventStream } from "./event-stream.ts";
import { isFields, readJson } from "./json.ts";
import { StreamedBody } from "./streamed-body.ts";

/** A body: JSON, JSON or a stream that breaks off (`cut`), or anything else (`text`). */
export type Body =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "cut"; readonly what: string }
  | { readonly kind: "text"; readonly what: string };

/** Reads a body without regard to its content type. */
export function readBody(text: string): Body {
  const trimmed = text.trim();
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
  if (/^(?:data|event|id|retry|:)/m.test(trimmed) && /^(?:data|event):/m.test(trimmed)) return streamIn(text);
  const lines = trimmed.split("\n").map(readJson);
  if (lines.length > 1 && lines.every(isFields)) return putTogether(lines);
  if (trimmed.startsWith("<")) return { kind: "text", what: "HTML" };
  if (/^[{[]/.test(trimmed)) return { kind: "cut", what: "JSON that breaks off or is none" };
  return { kind: "text", what: "text" };
}

function streamIn(text: string): Body {
  const events = new EventStream();
  const all = [...events.push(Buffer.from(text)), ...events.end()];
  const values = all.flatMap(({ data }) => (data === null || data === "[DONE]" ? [] : [readJson(data)]));
  return putTogether(values.filter(isFields));
}

function putTogether(events: readonly unknown[]): Body {
  const stream = new StreamedBody();
  for (const event of events) stream.add(event);
  if (stream.error !== null) return { kind: "json", value: stream.error };
  if (!stream.isWhole) return { kind: "cut", what: "a stream that breaks off" };
  return { kind: "json", value: stream.body };
}
