/** HTTP requests to model servers without a time limit of their own. Node's `fetch` would give up after five minutes. */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Closes idle sockets before servers do. Uvicorn, under vLLM, closes them after 5 s, and a request sent just then is lost. */
const POOLED = { keepAlive: true, maxSockets: Infinity, timeout: 4_000 };

/** A request. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * A pool of connections. The client behind `fetch` (undici) waits at most 300 s for a reply's head and for each piece of its
 * body, and a program that does not bundle undici cannot change that. `node:http` has no such bound.
 */
export class Connections {
  readonly #plain = new http.Agent(POOLED);
  readonly #secure = new https.Agent(POOLED);

  /** Sends a request and resolves to the reply's head, whatever its status; the body follows. Throws Node's errors. */
  request(url: string, { method, headers, body, signal }: Sent): Promise<IncomingMessage> {
    const isSecure = url.startsWith("https:");
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(url, {
        method,
        headers: { ...headers, "accept-encoding": "identity", ...length },
        agent: isSecure ? this.#secure : this.#plain,
        ...(signal && { signal }),
      });
      request.once("response", resolve);
      request.on("error", reject);
      request.end(body);
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** Reads the body. Throws if the connection breaks before its end, or if it is longer than allowed. */
export async function bytesOf(message: IncomingMessage, maxBytes = Infinity): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new RangeError(`the reply is longer than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  if (!message.complete) throw new Error("the connection broke in the middle of the reply");
  return Buffer.concat(pieces);
}
