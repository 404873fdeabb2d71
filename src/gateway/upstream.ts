/** The server behind the gateway: sends a request there and hands back the head of the reply, with its body still to come. */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { UsageError } from "../errors.ts";

export interface UpstreamOptions {
  /** Where its `/chat/completions` stands, such as `http://localhost:8000/v1`. */
  readonly url: string;
  /** Sent as a bearer token, and nowhere else. */
  readonly apiKey?: string;
}

/** Nothing was sent: no connection came to be, so that nothing can have been sampled. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export class Upstream {
  /** The URL as errors show it. */
  readonly shown: string;
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #agent: http.Agent | https.Agent;
  readonly #request: typeof http.request;

  /** Throws `UsageError` for what is no URL, or holds a password. */
  constructor({ url, apiKey }: UpstreamOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (!parsed || !/^https?:$/.test(parsed.protocol))
      throw new UsageError(`upstream: expected http://… or https://…, got ${JSON.stringify(url)}`);
    if (parsed.username !== "" || parsed.password !== "")
      throw new UsageError(`upstream: expected no user name or password in it; the server is ${parsed.host}`);
    this.shown = (parsed.origin + parsed.pathname).replace(/\/$/, "");
    this.#base = this.shown;
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const isSecure = parsed.protocol === "https:";
    this.#request = isSecure ? https.request : http.request;
    const pooled = { keepAlive: true, maxSockets: Infinity };
    this.#agent = isSecure ? new https.Agent(pooled) : new http.Agent(pooled);
  }

  /**
   * The head of the reply, whatever its status. Throws `UnreachableError` where no connection came to be, and what Node
   * throws where it broke after that, or the signal aborts.
   */
  send(path: string, body: unknown, signal: AbortSignal): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...this.#headers,
      accept: "application/json, text/event-stream",
      ...(text !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    const method = text === undefined ? "GET" : "POST";
    return new Promise((resolve, reject) => {
      const request = this.#request(this.#base + path, { method, headers, signal, agent: this.#agent });
      request.once("response", resolve);
      request.on("error", (error: NodeJS.ErrnoException) =>
        reject(NEVER_SENT.test(error.code ?? "") ? new UnreachableError(rootMessage(error)) : error),
      );
      request.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function rootMessage(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error.message;
}

/** The body as text. Throws where the connection breaks before its end, or it is longer than allowed. */
export async function textOf(message: IncomingMessage, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new RangeError(`the reply is longer than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  if (!message.complete) throw new Error("the connection broke in the middle of the reply");
  return Buffer.concat(pieces).toString("utf8");
}
