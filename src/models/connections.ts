/** HTTP requests to model servers without a time limit of their own. Node's `fetch` would give up after five minutes. */
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { onAbort } from "../on-abort.ts";

/** Closes idle sockets before servers do. Uvicorn, under vLLM, closes them after 5 s, and a request sent just then is lost. */
const POOLED = { keepAlive: true, maxSockets: Infinity, timeout: 4_000 };

/** A request. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/**
 * A pool of connections. The client behind `fetch` (undici) waits at most 300 s for a reply's head and for each piece of its
 * body, and a program that does not bundle undici cannot change that. `node:http` has no such bound.
 */
export class Connections {
  readonly #plain = new http.Agent(POOLED);
  readonly #secure = new https.Agent(POOLED);

  /** Sends a request, whose errors the caller must listen to. Throws Node's errors for an address or a header that cannot be sent. */
  open(url: string, { method, headers, body }: Sent): ClientRequest {
    const isSecure = url.startsWith("https:");
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = (isSecure ? https : http).request(url, {
      method,
      headers: { ...headers, "accept-encoding": "identity", ...length },
      agent: isSecure ? this.#secure : this.#plain,
    });
    request.end(body);
    return request;
  }

  /**
   * Sends a request and resolves to the reply's head, whatever its status; the body follows. Throws Node's errors, and the
   * signal's reason once it aborts.
   */
  async request(url: string, sent: Sent, signal: AbortSignal): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const request = this.open(url, sent);
    // Cheaper than Node's own option for signals, which watches the whole stream.
    request.once(
      "close",
      onAbort(signal, () => request.destroy(errorOf(signal.reason))),
    );
    return await headOf(request);
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** The head of the reply. Throws the request's error. */
export function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    // It stays, since an error without a listener would end the process.
    request.on("error", reject);
  });
}

/** Reads the body. Throws if the connection breaks before its end, or if it is longer than allowed. */
export function bytesOf(message: IncomingMessage, maxBytes = Infinity): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const broken = () =>
      reject(message.errored ?? new Error("the connection broke in the middle of the reply"));
    if (message.destroyed) return broken();
    let isWhole = false;
    // An asynchronous iterator would watch the whole stream, and have a promise for each piece.
    message.on("data", (piece: Buffer) => {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes > maxBytes) message.destroy(new RangeError(`the reply is longer than ${maxBytes} bytes`));
    });
    message.once("error", reject);
    message.once("close", () => isWhole || broken());
    message.once("end", () => {
      isWhole = message.complete;
      if (isWhole) resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes));
      else broken();
    });
  });
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
