/** A local server with scripted chat completions, which can misbehave as real ones do. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { countMessages, countTokens } from "../../src/cost/tokens.ts";
import type { Message } from "../../src/types.ts";

/** The body of a chat completion, as far as tests look at it. */
interface ChatBody {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly [field: string]: unknown;
}

/** Answers one request. */
export type Handler = (response: ServerResponse, body: ChatBody) => unknown;

interface SentHead {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OpenaiServer {
  /** Ends in /v1. */
  readonly baseUrl: string;
  readonly requests: { readonly body: ChatBody; readonly headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

/** The three ways to ask for a completion. */
const PATHS = new Set(["/v1/chat/completions", "/v1/responses", "/v1/messages"]);

/** Serves the handlers in order, or one handler for all requests. A request after the last handler gets a 410. */
export async function startOpenaiServer(script: Handler | readonly Handler[]): Promise<OpenaiServer> {
  const requests: OpenaiServer["requests"] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      if (!PATHS.has(request.url ?? ""))
        return sendJson({ detail: "Not Found" }, { status: 404 })(response, noBody);
      const body = JSON.parse(text) as ChatBody;
      const handler = typeof script === "function" ? script : script[requests.length];
      requests.push({ body, headers: request.headers });
      return (handler ?? sendJson({ error: { message: "the script is over" } }, { status: 410 }))(
        response,
        body,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A chat completion of a text or of an assistant message, with counted usage. `extra` overrides top-level fields. */
export function reply(message: string | object, extra: object = {}): Handler {
  return (response, body) => {
    const content = typeof message === "string" ? message : "";
    const prompt_tokens = countMessages(body.messages);
    const completion_tokens = countTokens(content);
    const completion = {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 0,
      model: body.model,
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", content, ...(typeof message === "object" && message) },
        },
      ],
      usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
      ...extra,
    };
    sendJson(completion)(response, body);
  };
}

/** A native function call. */
export function replyWithTool(name: string, args: object): Handler {
  const call = { id: "call_1", type: "function", function: { name, arguments: JSON.stringify(args) } };
  return (response, body) => {
    const message = { role: "assistant", content: null, tool_calls: [call] };
    reply("", { choices: [{ index: 0, finish_reason: "tool_calls", message }] })(response, body);
  };
}

export function sendJson(json: unknown, head: SentHead = {}): Handler {
  return send(JSON.stringify(json), { ...head, type: "application/json" });
}

export function send(
  text: string,
  { status = 200, type = "text/html", headers = {} }: SentHead & { type?: string } = {},
): Handler {
  return (response) => response.writeHead(status, { "content-type": type, ...headers }).end(text);
}

/** Drops the connection before the answer, or in the middle of it. */
export function dropConnection(afterText = ""): Handler {
  return (response) => {
    const drop = () => response.socket?.destroy();
    if (afterText === "") return drop();
    response.writeHead(200, { "content-type": "application/json", "content-length": "10000" });
    return response.write(afterText, drop);
  };
}

/** Sends the head of an answer, and never its body. */
export function hang(): Handler {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
  };
}

export function delayed(ms: number, handler: Handler): Handler {
  return (response, body) => setTimeout(() => handler(response, body), ms);
}

const noBody: ChatBody = { model: "", messages: [] };

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
