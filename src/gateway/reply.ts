/** Reads an upstream's reply, whole or as events, into the fields of a trace. It uses the code with which models read replies. */
import { at, isFields } from "../models/servers/json.ts";
import { type NoReply, readReply } from "../models/servers/read-reply.ts";
import { StreamedBody } from "../models/servers/streamed-body.ts";
import type { Completion, Json, JsonObject } from "../types.ts";
import type { Reply } from "./trace.ts";

/** The fields of a trace from a whole body, or why it is not a reply. */
export function replyIn(body: unknown): Reply | NoReply {
  const read = readReply(body);
  if ("what" in read) return read;
  const { finishWord, tokens, usage } = read;
  const { promptIds = null, completionIds = null, logprobs = null } = tokens ?? {};
  return {
    response_message: messageIn(body),
    prompt_token_ids: promptIds,
    completion_token_ids: completionIds,
    logprobs,
    finish_reason: finishWord,
    usage: (at(body, "usage") ?? null) as Json,
    token_counts: {
      prompt: usage?.promptTokens ?? promptIds?.length ?? null,
      completion: usage?.completionTokens ?? completionIds?.length ?? null,
    },
  };
}

/** The assistant message in the shape of the upstream's API. */
function messageIn(body: unknown): JsonObject {
  const choice = [at(body, "choices.0"), body].find(isFields) ?? {};
  const message = choice["message"] ?? choice["delta"];
  if (isFields(message)) return withContent(message) as JsonObject;
  if (typeof choice["text"] === "string") return { role: "assistant", content: choice["text"] };
  const { output, content } = choice;
  return { role: "assistant", ...(output === undefined ? { content } : { output }) } as JsonObject;
}

/** Reads the reply of a trace like a model's reply: text, separate thoughts, and calls in any form. */
export function saidInTrace({
  response_message: message,
  finish_reason: finish,
}: Pick<Reply, "response_message" | "finish_reason">): Pick<
  Completion,
  "text" | "reasoning" | "toolCalls" | "finishReason"
> {
  const output = message?.["output"];
  const body = Array.isArray(output)
    ? { object: "response", output, status: finish }
    : { choices: [{ message: message ?? {}, finish_reason: finish }] };
  const read = readReply(body);
  if ("what" in read) return { text: "", toolCalls: [], finishReason: "unknown" };
  const { text, reasoning, toolCalls, finishReason } = read;
  return { text, ...(reasoning && { reasoning }), toolCalls, finishReason };
}

/** Sets the content of a message that only calls functions to null, as without streaming. */
function withContent(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isCall = Array.isArray(message["tool_calls"]) && message["tool_calls"].length > 0;
  return isCall && message["content"] === "" ? { ...message, content: null } : message;
}

/** A reply that arrives as events. */
export class StreamedReply {
  readonly #body = new StreamedBody();

  /** Whether the upstream has said why it stopped. */
  get isWhole(): boolean {
    return this.#body.isWhole;
  }

  /** An error that came as an event; null if there was none. */
  get error(): unknown {
    return this.#body.error;
  }

  /** Adds one event. Returns false for an event that does not belong to a reply. */
  add(event: unknown): boolean {
    return this.#body.add(event);
  }

  /** The reply so far; null if nothing has arrived. */
  get reply(): Reply | null {
    const reply = replyIn(this.#body.body);
    return "what" in reply ? null : reply;
  }
}
