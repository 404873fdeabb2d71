/** The three APIs of model servers: chat completions, OpenAI's Responses, Anthropic's Messages. */
import type { JsonObject } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import { chatRequest } from "./chat-request.ts";
import type { Asking } from "./asking.ts";
import { messagesRequest } from "./messages-request.ts";
import { responsesRequest } from "./responses-request.ts";

/** The API of a model server. */
export type ModelApi = "chat" | "responses" | "messages";

interface ApiDialect {
  /** The path under the base URL. */
  readonly path: string;
  readonly body: (request: ModelRequest, asking: Asking) => JsonObject;
  readonly headers: (apiKey: string | undefined, host: string) => Readonly<Record<string, string>>;
}

const bearer = (apiKey: string | undefined) =>
  apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

/** Anthropic's own server takes no bearer token; other servers with its API want one. */
function messagesHeaders(apiKey: string | undefined, host: string): Readonly<Record<string, string>> {
  const version = { "anthropic-version": "2023-06-01" };
  if (apiKey === undefined) return version;
  const isAnthropic = host.endsWith("anthropic.com");
  return { ...version, "x-api-key": apiKey, ...(!isAnthropic && bearer(apiKey)) };
}

/** Path, body and headers of each API. */
export const DIALECTS: Readonly<Record<ModelApi, ApiDialect>> = {
  chat: { path: "/chat/completions", body: chatRequest, headers: bearer },
  responses: { path: "/responses", body: responsesRequest, headers: bearer },
  messages: { path: "/messages", body: messagesRequest, headers: messagesHeaders },
};
