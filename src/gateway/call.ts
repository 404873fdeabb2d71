/** One call through the gateway: sends it upstream, passes the reply to the client, and always keeps a trace. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dropUnlessRead } from "../http/guard.ts";
import type { JsonObject } from "../types.ts";
import { complaintOf } from "../models/servers/complaints.ts";
import { EventStream } from "../models/servers/event-stream.ts";
import { readJson } from "../models/servers/json.ts";
import { readBody } from "../models/servers/read-body.ts";
import { CHAT, type CallKind } from "./kind.ts";
import { Refusal } from "./refusal.ts";
import { replyIn, StreamedReply } from "./reply.ts";
import { NO_REPLY, type Reply, type TraceStatus } from "./trace.ts";
import { textOf, UnreachableError, type Upstream } from "./upstream.ts";

/** One call and what it needs. */
export interface CallOptions {
  readonly upstream: Upstream;
  readonly kind: CallKind;
  readonly body: JsonObject;
  /** Whether the client asked for the usage at the end of a stream. */
  readonly wantsUsage: boolean;
  /** The client's headers that are passed to the upstream. */
  readonly passed: Readonly<Record<string, string>>;
  /** The response to the client. */
  readonly client: ServerResponse;
  /** Aborts when the client disconnects, the time is over, or the gateway shuts down. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxReplyBytes: number;
  /** How long a client may take to read a piece of a stream. */
  readonly sendSeconds: number;
  /** Writes the trace. The client gets the end of the reply only after that. */
  readonly keep: (ending: Ending) => Promise<void>;
}

/** How a call ended. */
export interface Ending {
  readonly status: TraceStatus;
  readonly error: string | null;
  readonly reply: Reply;
}

/** Answers the client. Throws a `Refusal` if nothing was sent to the client yet. */
export async function passThrough(call: CallOptions): Promise<void> {
  const { upstream, body, signal } = call;
  let head: IncomingMessage;
  try {
    head = await upstream.send(call.kind.path, body, signal, call.passed);
  } catch (error) {
    throw await brokenBefore(error, call);
  }
  const { statusCode = 502 } = head;
  const isStream = (head.headers["content-type"] ?? "").includes("text/event-stream");
  if (statusCode < 400 && isStream) return passStream(head, call);
  return passWhole(head, statusCode, call);
}

async function passWhole(head: IncomingMessage, statusCode: number, call: CallOptions): Promise<void> {
  const { client, keep, headers } = call;
  let text: string;
  try {
    text = await textOf(head, call.maxReplyBytes);
  } catch (error) {
    throw await brokenBefore(error, call);
  }
  if (statusCode >= 400)
    await keep({ status: "failed", error: `status ${statusCode}: ${text.slice(0, 500)}`, reply: NO_REPLY });
  const status = statusCode >= 400 ? statusCode : await kept(text, call);
  const wait = head.headers["retry-after"];
  client.writeHead(status, {
    ...headers,
    "content-type": head.headers["content-type"] ?? "application/json",
    ...(wait !== undefined && { "retry-after": wait }),
  });
  dropUnlessRead(client, call.sendSeconds);
  client.end(text);
}

/**
 * Keeps the trace of a whole answer with status 200, and returns the status for the client, which is an error status if the answer
 * is an error. Throws a `Refusal` if the answer is neither a reply nor an error.
 */
async function kept(text: string, call: CallOptions): Promise<number> {
  const { keep, upstream } = call;
  const body = readBody(text);
  const read = body.kind === "json" ? replyIn(body.value) : { what: body.what };
  if (!("what" in read)) {
    await keep({ status: "ok", error: null, reply: await withPromptIds(read, call) });
    return 200;
  }
  if (read.error !== undefined) {
    const { words, status } = complaintOf(read.error);
    await keep({
      status: "failed",
      error: `status 200 with an error: ${words.slice(0, 500)}`,
      reply: NO_REPLY,
    });
    return status ?? 502;
  }
  await keep({ status: "lost", error: `no completion: ${text.slice(0, 200)}`, reply: NO_REPLY });
  throw new Refusal("upstream_broken", `${upstream.shown}: answered ${read.what}`);
}

/** Adds the ids of a chat's prompt where the server gave those of the completion alone, as llama.cpp does. */
async function withPromptIds(reply: Reply, { upstream, kind, body, signal }: CallOptions): Promise<Reply> {
  if (reply.completion_token_ids === null || reply.prompt_token_ids !== null || kind !== CHAT) return reply;
  const ids = await upstream.promptIds(body, reply.token_counts.prompt, signal);
  return ids === null ? reply : { ...reply, prompt_token_ids: ids };
}

/** Passes events on as they arrive. The last one, which tells the client that the reply is whole, waits for the trace. */
async function passStream(head: IncomingMessage, call: CallOptions): Promise<void> {
  const { client, keep } = call;
  const reply = new StreamedReply();
  const events = new EventStream();
  client.writeHead(200, {
    ...call.headers,
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  });
  let last = "";
  try {
    let bytes = 0;
    for await (const piece of head as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > call.maxReplyBytes)
        throw new RangeError(`the reply is longer than ${call.maxReplyBytes} bytes`);
      for (const event of events.push(piece)) last += await passEvent(event, reply, call);
    }
    for (const event of events.end()) last += await passEvent(event, reply, call);
    if (reply.error === null && (!head.complete || !reply.isWhole)) throw new Error("the stream broke off");
  } catch (error) {
    const why = reasonOf(error, call.signal);
    await keep({ status: "lost", error: why, reply: reply.reply ?? NO_REPLY }).catch(() => {});
    client.destroy();
    return;
  }
  try {
    const ending = endingOf(reply);
    await keep({ ...ending, reply: await withPromptIds(ending.reply, call) });
  } catch {
    client.destroy();
    return;
  }
  dropUnlessRead(client, call.sendSeconds);
  client.end(call.kind.hasDone ? "data: [DONE]\n\n" : last);
}

/** The ending of a stream. After an error event, the call has failed if nothing was sampled, and is lost otherwise. */
function endingOf(reply: StreamedReply): Ending {
  if (reply.error === null) return { status: "ok", error: null, reply: reply.reply ?? NO_REPLY };
  const error = `an error in the stream: ${complaintOf(reply.error).words.slice(0, 500)}`;
  return { status: reply.reply === null ? "failed" : "lost", error, reply: reply.reply ?? NO_REPLY };
}

/** Passes an event on. Returns the last event instead, since it must wait for the trace. */
async function passEvent(
  { raw, data }: { readonly raw: string; readonly data: string | null },
  reply: StreamedReply,
  { client, kind, wantsUsage, signal, sendSeconds }: CallOptions,
): Promise<string> {
  if (data === "[DONE]") return "";
  if (data !== null && data !== "") {
    const chunk = readJson(data);
    if (!reply.add(chunk)) throw new Error(`expected a chunk of a completion, got ${data.slice(0, 200)}`);
    if (!wantsUsage && kind.hasDone && isUsageAlone(chunk)) return "";
    if (kind.isLast(chunk)) return raw;
  }
  signal.throwIfAborted();
  if (client.write(raw)) return "";
  const late = AbortSignal.timeout(sendSeconds * 1000);
  await once(client, "drain", { signal: AbortSignal.any([signal, late]) });
  return "";
}

function isUsageAlone(chunk: unknown): boolean {
  const { choices, usage } = chunk as { choices?: unknown[]; usage?: unknown };
  return usage != null && (choices?.length ?? 0) === 0;
}

/** Keeps the trace of a call that broke before anything was passed on, and returns the refusal for the client. */
async function brokenBefore(error: unknown, { keep, signal, upstream }: CallOptions): Promise<Refusal> {
  const isUnsent = error instanceof UnreachableError;
  const why = reasonOf(error, signal);
  await keep({ status: isUnsent ? "failed" : "lost", error: why, reply: NO_REPLY });
  if (isUnsent) return new Refusal("upstream_unreachable", `${upstream.shown}: no connection: ${why}`);
  if (signal.aborted && signal.reason instanceof Refusal) return signal.reason;
  return new Refusal("upstream_broken", `${upstream.shown}: ${why}`);
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  const told: unknown = signal.aborted ? signal.reason : error;
  return told instanceof Error ? told.message : String(told);
}
