/**
 * Sends a request to a model server with OpenAI's client, and gives the answer whole and unread: what it says is for
 * `models/servers` to read, since servers that call themselves compatible differ.
 */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { OpenAI } from "openai";
import { bytesOf, Connections } from "../connections.ts";

/** Servers and proxies that keep track of requests send it back; others make up one of their own. */
const ID_HEADER = "x-request-id";
const OURS = "rlm-gym-";

/** The answer bears the id of another request of ours: its text belongs to another call. */
export class MixedUpError extends Error {
  override readonly name = "MixedUpError";
}

/** No whole answer came within the time of one attempt. */
export class SlowError extends Error {
  override readonly name = "SlowError";
}

/** Shared by all models: a server's sockets serve whichever asks next. */
const connections = new Connections();

/** A whole answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sending {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads head and body as one, so that the time-out covers both and a connection that drops in the middle of the body counts as
 * dropped. Throws `SlowError`, `MixedUpError`, the signal's reason, and what Node throws.
 */
export async function send(
  url: string,
  { method, headers, body, timeoutMs, signal }: Sending,
): Promise<Answer> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new SlowError("no answer in time")), timeoutMs);
  const ends = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  let answer: Answer | null = null;
  let broken: unknown = null;
  const client = new OpenAI({
    ...CLIENT,
    fetch: async (input, init) => {
      try {
        answer = await fetchWhole(input instanceof Request ? input.url : String(input), init ?? {}, ends);
      } catch (error) {
        broken = error;
        throw error;
      }
      return new Response(null, { status: 204 });
    },
  });
  try {
    await client
      .request({
        method: method === "GET" ? "get" : "post",
        path: url,
        // The caller's headers name the key, if there is one.
        headers: {
          accept: "application/json",
          authorization: null,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: wellFormedJson(body) }),
      })
      .asResponse();
    if (answer !== null) return answer;
    throw new Error("the request was not sent");
  } catch (error) {
    // What broke because the caller gave up is the caller's reason.
    signal?.throwIfAborted();
    late.signal.throwIfAborted();
    throw broken ?? error;
  } finally {
    clearTimeout(timer);
  }
}

/** The client builds and sends; retries, time-outs and the reading of answers are this package's own. */
const CLIENT = {
  baseURL: "http://localhost",
  apiKey: "none",
  adminAPIKey: null,
  organization: null,
  project: null,
  maxRetries: 0,
  // Longer than any attempt may take: `send` ends it before.
  timeout: 2 ** 31 - 1,
  logLevel: "off",
} as const;

/** The client's fetch: keeps the connection for as long as the caller lets it, and takes no other request's answer. */
async function fetchWhole(url: string, init: RequestInit, signal: AbortSignal): Promise<Answer> {
  const id = `${OURS}${randomUUID()}`;
  const head = await connections.request(url, {
    method: init.method ?? "GET",
    headers: { ...Object.fromEntries(new Headers(init.headers)), [ID_HEADER]: id },
    signal,
    body: typeof init.body === "string" ? init.body : undefined,
  });
  const answered = head.headers[ID_HEADER];
  if (answered !== undefined && answered !== id && String(answered).startsWith(OURS)) {
    head.destroy();
    throw new MixedUpError("answered another request");
  }
  const text = (await bytesOf(head)).toString("utf8");
  return { status: head.statusCode ?? 0, headers: head.headers, text };
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** JSON in which half a character, such as Python prints where it cuts a text, stands as U+FFFD: no server takes it as it is. */
export function wellFormedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "string" ? item.replaceAll(LONE_SURROGATE, "\uFFFD") : item,
  );
}
