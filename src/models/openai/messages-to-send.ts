/** Converts a conversation into a form that a server accepts: parts that its template or schema refuses are folded or left out. */
import { createHash } from "node:crypto";
import type { Message, ToolCall } from "../../types.ts";
import { argumentsToSend } from "../servers/read-calls.ts";

/**
 * A server's special requirement for messages. `fold-system`: no system role; its text goes before the first user message.
 * `alternate`: no two messages of the same role in a row. `fold-tools`: no tool role; calls and results become text.
 * `no-reasoning`: no thoughts. `always-reasoning`: a field for thoughts in every assistant message, empty if there are none.
 * `short-ids`: call ids of nine letters and digits. `object-arguments`: arguments as an object, not as JSON text.
 * `parts`: content as a list of parts.
 */
export type MessageForm =
  | "fold-system"
  | "alternate"
  | "fold-tools"
  | "no-reasoning"
  | "always-reasoning"
  | "short-ids"
  | "object-arguments"
  | "parts";

/** The content of an assistant message without text, since servers refuse an empty one. */
export const NO_TEXT = "(no text)";

/** The conversation in the given forms. */
export function messagesToSend(
  messages: readonly Message[],
  forms: ReadonlySet<MessageForm>,
): readonly Message[] {
  let sent = messages.map((message) => withArguments(message));
  if (forms.has("no-reasoning")) sent = sent.map(withoutReasoning);
  if (forms.has("fold-tools")) sent = sent.map(toolsAsText);
  if (forms.has("short-ids")) sent = sent.map(withShortIds);
  if (forms.has("fold-system")) sent = withoutSystem(sent);
  if (forms.has("alternate")) sent = alternating(sent);
  return sent.map((message) => withText(message));
}

/** Replaces arguments that are not the JSON of an object, which no server accepts. */
function withArguments(message: Message): Message {
  const { toolCalls } = message;
  if (!toolCalls) return message;
  return { ...message, toolCalls: toolCalls.map((call) => ({ ...call, arguments: argumentsToSend(call) })) };
}

function withText(message: Message): Message {
  const { role, content, toolCalls, reasoning } = message;
  const isEmpty = role === "assistant" && content.trim() === "" && !toolCalls?.length && !reasoning?.written;
  return isEmpty ? { ...message, content: NO_TEXT } : message;
}

function withoutReasoning(message: Message): Message {
  const { reasoning: _, ...kept } = message;
  return kept;
}

function toolsAsText(message: Message): Message {
  const { role, content, toolCalls, reasoning } = message;
  if (role === "tool") return { role: "user", content };
  if (!toolCalls?.length) return message;
  const calls = toolCalls.map(
    ({ name, arguments: text }) =>
      `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${text}}\n</tool_call>`,
  );
  return { role, content: [content, ...calls].filter(Boolean).join("\n"), ...(reasoning && { reasoning }) };
}

/** Mistral takes only ids of nine letters and digits. Equal ids stay equal. */
function withShortIds(message: Message): Message {
  const { toolCalls, toolCallId } = message;
  return {
    ...message,
    ...(toolCalls && { toolCalls: toolCalls.map((call): ToolCall => ({ ...call, id: shortId(call.id) })) }),
    ...(toolCallId !== undefined && { toolCallId: shortId(toolCallId) }),
  };
}

function shortId(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  return createHash("sha256").update(id).digest("hex").slice(0, 9);
}

function withoutSystem(messages: readonly Message[]): Message[] {
  const told = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== "system");
  const first = others.findIndex(({ role }) => role === "user");
  if (told.length === 0) return [...messages];
  if (first === -1) return [{ role: "user", content: told.join("\n\n") }, ...others];
  return others.map((message, index) =>
    index === first ? { ...message, content: [...told, message.content].join("\n\n") } : message,
  );
}

function joined(one: Message, other: Message): Message {
  const images = [...(one.images ?? []), ...(other.images ?? [])];
  return {
    ...one,
    content: `${one.content}\n\n${other.content}`,
    ...(images.length > 0 && { images }),
  };
}

function alternating(messages: readonly Message[]): Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    const isPlain = (one: Message) => !one.toolCalls?.length && one.role !== "tool" && one.role !== "system";
    if (last && last.role === message.role && isPlain(last) && isPlain(message))
      merged[merged.length - 1] = joined(last, message);
    else merged.push(message);
  }
  return merged;
}
