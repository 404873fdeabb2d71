/** Reads an upstream's reply, whole or event by event, into what a trace keeps of it; the models read by the same code. */
import { at, isFields } from "../models/servers/json.ts";
import { type NoReply, readReply } from "../models/servers/read-reply.ts";
import { StreamedBody } from "../models/servers/streamed-body.ts";
import type { Completion, Json, JsonObject } from "../types.ts";
import type { Reply } from "./trace.ts";

/** What a trace keeps of a whole body, or why there is nothing to keep. */
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

/** The assistant's message as the upstream sent it, in the dialect's own shape. */
function messageIn(body: unknown): JsonObject {
  const choice = [at(body, "choices.0"), body].find(isFields) ?? {};
  const message = choice["message"] ?? choice["delta"];
  if (isFields(message)) return withContent(message) as JsonObject;
  if (typeof choice["text"] === "string") return { role: "assistant", content: choice["text"] };
  const { output, content } = choice;
  return { role: "assistant", ...(output === undefined ? { content } : { output }) } as JsonObject;
}

/** What the reply of a trace says, read as a model's own is: thoughts apart, calls in whatever form they came. */
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

/** A message that only calls functions has no content, whether it was streamed or not. */
function withContent(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isCall = Array.isArray(message["tool_calls"]) && message["tool_calls"].length > 0;
  return isCall && message["content"] === "" ? { ...message, content: null } : message;
}

/** A reply that comes in events. */
export class StreamedReply {
  readonly #body = new StreamedBody();

  /** True once the upstream has said why it stopped. */
  get isWhole(): boolean {
    return this.#body.isWhole;
  }

  /** An error that came as an event; null where none did. */
  get error(): unknown {
    return this.#body.error;
  }

  /** Takes one event in. False for what belongs to no reply. */
  add(event: unknown): boolean {
    return this.#body.add(event);
  }

  /** What has come by now; null where nothing has. */
  get reply(): Reply | null {
    const reply = replyIn(this.#body.body);
    return "what" in reply ? null : reply;
  }
}
