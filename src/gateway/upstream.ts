/** The server behind the gateway: sends a request there and hands back the head of the reply, with its body still to come. */
import type { IncomingMessage } from "node:http";
import { UsageError } from "../errors.ts";
import { bytesOf, Connections } from "../models/connections.ts";
import { DIALECTS, type ModelApi } from "../models/openai/dialects.ts";
import { wellFormedJson } from "../models/openai/send.ts";
import { Refusal } from "./refusal.ts";

/** The model server behind the gateway. */
export interface UpstreamOptions {
  /** Where its `/chat/completions` stands, such as `http://localhost:8000/v1`. */
  readonly url: string;
  /** Sent as a bearer token, or as Anthropic's `x-api-key`, and nowhere else. */
  readonly apiKey?: string;
}

/** Codes of errors before anything was sent: without a connection nothing can have been sampled. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export class Upstream {
  /** The URL as errors show it. */
  readonly shown: string;
  readonly #base: string;
  readonly #headers: (dialect: ModelApi) => Readonly<Record<string, string>>;
  readonly #connections = new Connections();

  /** Throws `UsageError` if the text is not a URL, or if it holds a password. */
  constructor({ url, apiKey }: UpstreamOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (!parsed || !/^https?:$/.test(parsed.protocol))
      throw new UsageError(`upstream: expected http://… or https://…, got ${JSON.stringify(url)}`);
    if (parsed.username !== "" || parsed.password !== "")
      throw new UsageError(`upstream: expected no user name or password in it; the server is ${parsed.host}`);
    this.shown = (parsed.origin + parsed.pathname).replace(/\/$/, "");
    this.#base = this.shown;
    this.#headers = (dialect) => DIALECTS[dialect].headers(apiKey, parsed.hostname);
  }

  /**
   * The head of the reply, whatever its status. `passed`: headers of the client's that go on. Throws `UnreachableError` where no connection came to be, and what Node
   * throws where it broke after that, or the signal aborts.
   */
  async send(
    path: string,
    body: unknown,
    signal: AbortSignal,
    passed: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : wellFormedJson(body);
    const headers = {
      ...this.#headers(path === DIALECTS.messages.path ? "messages" : "chat"),
      ...passed,
      accept: "application/json, text/event-stream",
      ...(text !== undefined && { "content-type": "application/json" }),
    };
    const method = text === undefined ? "GET" : "POST";
    try {
      return await this.#connections.request(this.#base + path, { method, headers, body: text, signal });
    } catch (error) {
      const isUnsent = NEVER_SENT.test((error as NodeJS.ErrnoException).code ?? "");
      throw isUnsent ? new UnreachableError(rootMessage(error as Error)) : error;
    }
  }

  /** A whole reply. Throws a `Refusal` where there is none. */
  async get(
    path: string,
    { callSeconds, maxReplyBytes }: { readonly callSeconds: number; readonly maxReplyBytes: number },
  ): Promise<{ readonly statusCode: number; readonly text: string }> {
    try {
      const head = await this.send(path, undefined, AbortSignal.timeout(callSeconds * 1000));
      return { statusCode: head.statusCode ?? 502, text: await textOf(head, maxReplyBytes) };
    } catch (error) {
      const { name, message } = error as Error;
      if (name === "TimeoutError")
        throw new Refusal("upstream_timeout", `${this.shown}: no whole reply within ${callSeconds} s`);
      if (error instanceof UnreachableError)
        throw new Refusal("upstream_unreachable", `${this.shown}: no connection: ${message}`);
      throw new Refusal("upstream_broken", `${this.shown}: ${message}`);
    }
  }

  close(): void {
    this.#connections.close();
  }
}

function rootMessage(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error.message;
}

/** The body as text. Throws where the connection breaks before its end, or it is longer than allowed. */
export async function textOf(message: IncomingMessage, maxBytes: number): Promise<string> {
  return (await bytesOf(message, maxBytes)).toString("utf8");
}
