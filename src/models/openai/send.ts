/**
 * Sends a request to a model server with OpenAI's client, and returns the whole answer unparsed. `models/servers` parses it,
 * since servers that call themselves compatible differ.
 */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { OpenAI } from "openai";
import { bytesOf, Connections } from "../connections.ts";

/** Servers and proxies that track requests send this id back. Others make up their own. */
const ID_HEADER = "x-request-id";
const OURS = "rlm-gym-";

/** The answer has the id of another of our requests, so its text belongs to another call. */
export class MixedUpError extends Error {
  override readonly name = "MixedUpError";
}

/** The answer was not complete within the time limit of one attempt. */
export class SlowError extends Error {
  override readonly name = "SlowError";
}

/** Shared by all models, so that they reuse each other's connections. */
const connections = new Connections();

/** A whole answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request and its time limit. */
export interface Sending {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What the client's fetch needs to know about a call, and what came of it. */
interface Call {
  readonly ends: AbortSignal;
  answer: Answer | null;
  broken: unknown;
}

/** By the id that is sent with each request. */
const underWay = new Map<string, Call>();

/**
 * Sends a request and reads head and body together, so that the time limit covers both, and a connection that drops in the
 * middle of the body counts as dropped. Throws `SlowError`, `MixedUpError`, the signal's reason, and Node's errors.
 */
export async function send(
  url: string,
  { method, headers, body, timeoutMs, signal }: Sending,
): Promise<Answer> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new SlowError("no answer in time")), timeoutMs);
  const ends = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const call: Call = { ends, answer: null, broken: null };
  const id = `${OURS}${randomUUID()}`;
  underWay.set(id, call);
  try {
    const sender = await client();
    const request = sender.request({
      method: method === "GET" ? "get" : "post",
      path: url,
      // The caller's headers have the key, if there is one.
      headers: {
        accept: "application/json",
        authorization: null,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
        [ID_HEADER]: id,
      },
      ...(body !== undefined && { body: wellFormedJson(body) }),
    });
    await request.asResponse();
    if (call.answer !== null) return call.answer;
    throw new Error("the request was not sent");
  } catch (error) {
    // If the caller aborted, its reason is thrown instead of the resulting network error.
    signal?.throwIfAborted();
    late.signal.throwIfAborted();
    throw call.broken ?? error;
  } finally {
    clearTimeout(timer);
    underWay.delete(id);
  }
}

let made: Promise<OpenAI> | null = null;

/**
 * One client for all requests, since making one takes longer than sending with it. It only builds and sends requests: retries,
 * time limits and parsing are this package's own. Its modules are many, and offline nobody needs them.
 */
function client(): Promise<OpenAI> {
  made ??= makeClient();
  return made;
}

async function makeClient(): Promise<OpenAI> {
  const { OpenAI } = await import("openai");
  return new OpenAI({
    baseURL: "http://localhost",
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    // Longer than any attempt, which `send` ends before.
    timeout: 2 ** 31 - 1,
    logLevel: "off",
    fetch: fetchWhole,
  });
}

/** The client's fetch. It waits as long as the caller allows, and rejects answers to other requests. */
async function fetchWhole(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = Object.fromEntries(new Headers(init.headers));
  const id = headers[ID_HEADER]!;
  const call = underWay.get(id)!;
  try {
    const head = await connections.request(input instanceof Request ? input.url : String(input), {
      method: init.method ?? "GET",
      headers,
      signal: call.ends,
      body: typeof init.body === "string" ? init.body : undefined,
    });
    const answered = head.headers[ID_HEADER];
    if (answered !== undefined && answered !== id && String(answered).startsWith(OURS)) {
      head.destroy();
      throw new MixedUpError("answered another request");
    }
    const text = (await bytesOf(head)).toString("utf8");
    call.answer = { status: head.statusCode ?? 0, headers: head.headers, text };
  } catch (error) {
    call.broken = error;
    throw error;
  }
  return new Response(null, { status: 204 });
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** How JSON writes a lone surrogate, and some other texts. */
const MAY_HOLD_LONE_SURROGATE = /\\ud[89a-f]/;

/** JSON with U+FFFD for lone surrogates, such as Python prints when it cuts a text: no server accepts those. */
export function wellFormedJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!MAY_HOLD_LONE_SURROGATE.test(text)) return text;
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "string" ? item.replaceAll(LONE_SURROGATE, "\uFFFD") : item,
  );
}
