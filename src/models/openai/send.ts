/**
 * Sends a request to a model server as OpenAI's client does, and returns the whole answer unparsed. `models/servers` parses it,
 * since servers that call themselves compatible differ.
 */
import { randomUUID } from "node:crypto";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { onAbort } from "../../on-abort.ts";
import { bytesOf, Connections, headOf } from "../connections.ts";

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

/**
 * Sends a request and reads head and body together, so that the time limit covers both, and a connection that drops in the
 * middle of the body counts as dropped. Throws `SlowError`, `MixedUpError`, the signal's reason, and Node's errors.
 */
export async function send(
  url: string,
  { method, headers, body, timeoutMs, signal }: Sending,
): Promise<Answer> {
  const ofClient = await (clientHeaders ??= askClient());
  signal?.throwIfAborted();
  const id = `${OURS}${randomUUID()}`;
  const request = connections.open(url, {
    method,
    headers: {
      ...ofClient,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headerValues(headers),
      [ID_HEADER]: id,
    },
    body: body === undefined ? undefined : wellFormedJson(body),
  });
  let slow: SlowError | null = null;
  const timer = setTimeout(() => request.destroy((slow = new SlowError("no answer in time"))), timeoutMs);
  const forget = signal && onAbort(signal, () => request.destroy());
  try {
    return await answerOf(request, id);
  } catch (error) {
    // If the caller aborted, its reason is thrown instead of the resulting network error.
    signal?.throwIfAborted();
    throw slow ?? error;
  } finally {
    clearTimeout(timer);
    forget?.();
  }
}

async function answerOf(request: ClientRequest, id: string): Promise<Answer> {
  const head = await headOf(request);
  const answered = head.headers[ID_HEADER];
  if (answered !== undefined && answered !== id && String(answered).startsWith(OURS)) {
    head.destroy();
    throw new MixedUpError("answered another request");
  }
  const text = (await bytesOf(head)).toString("utf8");
  return { status: head.statusCode ?? 0, headers: head.headers, text };
}

/** Header names are the same in any case, and a key from a file may end with a line break. */
function headerValues(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()] as const),
  );
}

let clientHeaders: Promise<Readonly<Record<string, string>>> | null = null;

/**
 * What OpenAI's client says of itself in each of its requests. It builds one, whose headers the others take over, since they are
 * the same each time. Retries, time limits and parsing are this package's own. The client's modules are many, and
 * offline nobody needs them.
 */
async function askClient(): Promise<Readonly<Record<string, string>>> {
  const { OpenAI } = await import("openai");
  const client = new OpenAI({
    baseURL: "http://localhost",
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    logLevel: "off",
  });
  // The caller's headers have the key, if there is one.
  const { req } = await client.buildRequest({ method: "get", path: "/", headers: { authorization: null } });
  return Object.fromEntries(req.headers);
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
