/** Reads a message's text and its thoughts separately: from fields, from content parts, and from the text itself. */
import { partThoughts } from "../../parse/thoughts.ts";
import type { JsonObject, Reasoning, ReasoningFormat } from "../../types.ts";
import { at, type Fields, isFields, textIn } from "./json.ts";
import {
  CALL_PARTS,
  TEXT_PART_FIELDS,
  TEXT_PARTS,
  THOUGHT_FIELDS,
  THOUGHT_PART_FIELDS,
  THOUGHT_PARTS,
} from "./reply-fields.ts";

/** A message as read. */
export interface ReadMessage {
  readonly text: string;
  /** The text with the thoughts and marks in it. */
  readonly whole: string;
  readonly reasoning: Reasoning | null;
  /** The parts that are function calls. */
  readonly callParts: readonly Fields[];
}

/** Reads an assistant message of any API. */
export function readMessage(message: unknown): ReadMessage {
  const fields = isFields(message) ? message : {};
  const content =
    typeof message === "string" ? message : (fields["content"] ?? fields["text"] ?? fields["parts"]);
  const parts = partsOf(content);
  const thoughtParts = parts.filter(isThought);
  const details = partsOf(fields["reasoning_details"]).filter(isFields);
  // LiteLLM's, beside the thoughts as one text.
  const blocks = partsOf(fields["thinking_blocks"]).filter(isFields);
  const fromFields = thoughtsInFields(fields);
  const fromParts = [thoughtParts, details, blocks].find((found) => found.length > 0) ?? [];
  const place: ReasoningFormat | null =
    thoughtParts.length > 0
      ? "parts"
      : details.length > 0
        ? "reasoning_details"
        : blocks.length > 0
          ? "thinking_blocks"
          : (fromFields?.place ?? null);
  const whole = parts.map(saidIn).join("") || saidIn(fields["refusal"]);
  const { said, thought } = partThoughts(whole);
  const texts = [fromFields?.text ?? fromParts.map(thoughtIn).filter(Boolean).join("\n"), thought ?? ""];
  const signature = [...fromParts, fields].map(signatureIn).find((found) => found !== null) ?? null;
  const isThere = place !== null || thought !== null;
  return {
    whole,
    text: thought === null && said === whole ? whole : said.replace(/^\s+/, ""),
    reasoning: isThere
      ? {
          text: texts.filter(Boolean).join("\n"),
          ...(signature !== null && { signature }),
          place: place ?? "text",
          ...(thought !== null && { written: whole }),
          ...(fromParts.length > 0 && { parts: fromParts as JsonObject[] }),
        }
      : null,
    callParts: parts.filter(isCall),
  };
}

/** A content as parts. A text or a single part becomes a list of one. */
function partsOf(content: unknown): readonly unknown[] {
  if (content == null) return [];
  return Array.isArray(content) ? content : [isRead(content) ? JSON.stringify(content) : content];
}

/** Whether a proxy has read the model's words as JSON: `42`, `true` or an object that has nothing of a part. */
function isRead(content: unknown): boolean {
  if (!isFields(content)) return typeof content === "number" || typeof content === "boolean";
  const known = ["type", "parts", ...TEXT_PART_FIELDS, ...THOUGHT_PART_FIELDS];
  return !known.some((name) => name in content) && !isThought(content) && !isCall(content);
}

function isThought(part: unknown): part is Fields {
  if (!isFields(part)) return false;
  return THOUGHT_PARTS.has(String(part["type"])) || part["thought"] === true || "reasoningContent" in part;
}

function isCall(part: unknown): part is Fields {
  return (
    isFields(part) && (CALL_PARTS.has(String(part["type"])) || "functionCall" in part || "toolUse" in part)
  );
}

/** The text of a part; empty for thoughts, calls and images. */
function saidIn(part: unknown): string {
  if (typeof part === "string") return part;
  if (!isFields(part) || isThought(part) || isCall(part)) return "";
  const type = part["type"];
  if (type !== undefined && !TEXT_PARTS.has(String(type))) return "";
  return firstText(part, TEXT_PART_FIELDS);
}

/** The thoughts in a part. Mistral's and OpenAI's parts contain parts again. */
function thoughtIn(part: unknown): string {
  if (typeof part === "string") return part;
  if (Array.isArray(part)) return part.map(thoughtIn).filter(Boolean).join("\n");
  if (!isFields(part)) return "";
  const inside = part["reasoningContent"];
  if (inside !== undefined) return thoughtIn(at(inside, "reasoningText"));
  for (const field of THOUGHT_PART_FIELDS) {
    const text = thoughtIn(part[field]);
    if (text !== "") return text;
  }
  return "";
}

function thoughtsInFields(fields: Fields): { readonly place: ReasoningFormat; readonly text: string } | null {
  for (const { field, place } of THOUGHT_FIELDS) {
    const text = thoughtIn(fields[field]);
    if (text !== "") return { place, text };
  }
  return null;
}

/** The signature or the encrypted text by which a server recognizes its thoughts. */
function signatureIn(part: Fields): string | null {
  return (
    textIn(part["signature"]) ??
    textIn(part["reasoning_signature"]) ??
    textIn(part["thought_signature"]) ??
    textIn(part["thoughtSignature"]) ??
    textIn(part["encrypted_content"]) ??
    textIn(at(part, "reasoningContent.reasoningText.signature"))
  );
}

function firstText(part: Fields, names: readonly string[]): string {
  for (const name of names) {
    const value = part[name];
    if (typeof value === "string") return value;
    // `{"type": "text", "text": {"value": "…"}}`
    const inner = at(value, "value");
    if (typeof inner === "string") return inner;
  }
  return "";
}
