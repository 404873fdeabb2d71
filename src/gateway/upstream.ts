/** The model server behind the gateway: sends requests to it. */
import type { IncomingMessage } from "node:http";
import { plainUrl } from "../http/plain-url.ts";
import { bytesOf, Connections } from "../models/connections.ts";
import { DIALECTS, type ModelApi } from "../models/openai/dialects.ts";
import { PromptIds } from "../models/openai/prompt-ids.ts";
import { wellFormedJson } from "../models/openai/send.ts";
import type { JsonObject } from "../types.ts";
import { Refusal } from "./refusal.ts";

/** The address and the key of the model server. */
export interface UpstreamOptions {
  /** The URL under which `/chat/completions` is, such as `http://localhost:8000/v1`. */
  readonly url: string;
  /** Sent only as a bearer token or as Anthropic's `x-api-key`. */
  readonly apiKey?: string;
}

/** Codes of errors before a connection was made, so that nothing can have been sampled. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

/** No connection to the upstream was made. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Sends requests to the upstream. */
export class Upstream {
  /** The URL as errors show it. */
  readonly shown: string;
  readonly #base: string;
  readonly #headers: (dialect: ModelApi) => Readonly<Record<string, string>>;
  readonly #connections = new Connections();
  readonly #promptIds: PromptIds;

  /** Throws `UsageError` if the URL is not an http(s) one, or has parts that may be secret. */
  constructor({ url, apiKey }: UpstreamOptions) {
    this.shown = plainUrl(url, "upstream");
    this.#base = this.shown;
    this.#headers = (dialect) => DIALECTS[dialect].headers(apiKey, new URL(this.shown).hostname);
    this.#promptIds = new PromptIds({ baseUrl: this.#base, headers: this.#headers("chat") });
  }

  /**
   * Sends a request and resolves to the head of the reply, whatever its status; the body follows. `passed` are headers of the
   * client. Throws `UnreachableError` if no connection was made, and Node's errors if it broke later or the signal aborted.
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
      return await this.#connections.request(this.#base + path, { method, headers, body: text }, signal);
    } catch (error) {
      const isUnsent = NEVER_SENT.test((error as NodeJS.ErrnoException).code ?? "");
      throw isUnsent ? new UnreachableError(rootMessage(error as Error)) : error;
    }
  }

  /** The token ids of a chat's prompt, from a server that tells them apart from its replies; null elsewhere. Never throws. */
  promptIds(body: JsonObject, count: number | null, signal: AbortSignal): Promise<readonly number[] | null> {
    return this.#promptIds.of(body, count, signal);
  }

  /** Gets a whole reply. Throws a `Refusal` if there is none. */
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

/** The body as text. Throws if the connection breaks before its end, or if it is longer than `maxBytes`. */
export async function textOf(message: IncomingMessage, maxBytes: number): Promise<string> {
  return (await bytesOf(message, maxBytes)).toString("utf8");
}
