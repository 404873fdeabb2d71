/** A persona: a small local server that answers, streams, refuses and fails as one kind of real server does. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { OpenaiModelOptions } from "../../../src/models/openai/openai.ts";
import type { ReasoningHistory } from "../../../src/types.ts";
import type { ToldAnswer } from "../any-server.ts";

export type Body = Readonly<Record<string, unknown>>;

/** What the model behind the server says in a turn. `code` is sent as a native call. */
export interface Saying {
  readonly thought?: string;
  readonly text?: string;
  readonly code?: string;
}

export interface Persona {
  readonly name: string;
  readonly api: NonNullable<OpenaiModelOptions["api"]>;
  /** The options that a user of this server must set besides its URL. */
  readonly options?: Partial<OpenaiModelOptions>;
  readonly reasoning?: ReasoningHistory;
  /** True if only the token count of thoughts is sent, or nothing of them. */
  readonly hidesThoughts?: boolean;
  reply(say: Saying, body: Body): ToldAnswer;
  stream(say: Saying, body: Body): string;
  /** The error for a request that it refuses; null for one that it accepts. */
  refuses(body: Body): ToldAnswer | null;
  /** One temporary failure. */
  readonly busy: ToldAnswer;
  readonly burst: ToldAnswer;
  /** The page `/models`, and the window in it. */
  readonly models?: { readonly page: object; readonly window: number };
}

export type Scripted = Saying | "busy" | "burst";

export interface PersonaServer {
  /** Ends in /v1. */
  readonly baseUrl: string;
  /** The requests that it accepted, and those that it refused. */
  readonly taken: Body[];
  readonly refused: Body[];
  close(): Promise<void>;
}

const TOOL = "call_python_repl";
export { TOOL };

/** Serves the script, one entry for each accepted request. */
export async function startPersona(persona: Persona, script: readonly Scripted[]): Promise<PersonaServer> {
  const [taken, refused]: [Body[], Body[]] = [[], []];
  let next = 0;
  const answerTo = (method: string, text: string): ToldAnswer => {
    if (method === "GET")
      return persona.models ? json(persona.models.page) : json({ detail: "Not Found" }, 404);
    const body = JSON.parse(text) as Body;
    if (hasHalfCharacter(body)) return json({ error: { message: "lone surrogate in the request" } }, 400);
    const refusal = malformed(body) ?? persona.refuses(body);
    if (refusal) {
      refused.push(body);
      return refusal;
    }
    const said = script[next];
    next += 1;
    if (said === undefined) return json({ error: { message: "the script is over" } }, 410);
    if (said === "busy") return persona.busy;
    if (said === "burst") return persona.burst;
    taken.push(body);
    if (body["stream"] === true)
      return { status: 200, type: "text/event-stream", text: persona.stream(said, body) };
    return persona.reply(said, body);
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { status, type, text } = answerTo(request.method ?? "", Buffer.concat(pieces).toString());
      response.writeHead(status, { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    taken,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(value: unknown, status = 200): ToldAnswer {
  return { status, type: "application/json", text: JSON.stringify(value) };
}

/** The messages of a request in chat completions or Messages, or the items of one in Responses. */
export function messagesIn(body: Body): Body[] {
  const sent = body["messages"] ?? body["input"] ?? [];
  return typeof sent === "string" ? [{ role: "user", content: sent }] : (sent as Body[]);
}

/** What no server accepts: an empty assistant message, and arguments that are not the JSON of an object. */
function malformed(body: Body): ToldAnswer | null {
  for (const [index, message] of messagesIn(body).entries()) {
    const calls = (message["tool_calls"] ?? []) as { function: { arguments: unknown } }[];
    const isEmpty =
      message["content"] === "" || message["content"] == null || JSON.stringify(message["content"]) === "[]";
    if (message["role"] === "assistant" && isEmpty && calls.length === 0)
      return json({ error: { message: `messages.${index}: content must be non-empty` } }, 400);
    for (const { function: called } of calls) {
      const given = typeof called.arguments === "string" ? tryParse(called.arguments) : called.arguments;
      if (typeof given !== "object" || given === null)
        return json({ error: { message: `messages.${index}: invalid JSON in the arguments` } }, 400);
    }
  }
  return null;
}

/** A lone surrogate, as Python prints it when it cuts a text. No server accepts it. */
function hasHalfCharacter(body: unknown): boolean {
  let found = false;
  JSON.stringify(body, (_, value: unknown) => {
    if (typeof value === "string" && encodeURIComponentFails(value)) found = true;
    return value;
  });
  return found;
}

function encodeURIComponentFails(text: string): boolean {
  try {
    encodeURIComponent(text);
    return false;
  } catch {
    return true;
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function assistantsIn(body: Body): Body[] {
  return messagesIn(body).filter(({ role }) => role === "assistant");
}
