/** The three ways of asking a model server: chat completions, OpenAI's Responses, Anthropic's Messages. */
import type { JsonObject } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import { chatRequest } from "./chat-request.ts";
import type { Asking } from "./asking.ts";
import { messagesRequest } from "./messages-request.ts";
import { responsesRequest } from "./responses-request.ts";

/** How a model server is asked. */
export type ModelApi = "chat" | "responses" | "messages";

interface ApiDialect {
  /** Under the base URL. */
  readonly path: string;
  readonly body: (request: ModelRequest, asking: Asking) => JsonObject;
  readonly headers: (apiKey: string | undefined, host: string) => Readonly<Record<string, string>>;
}

const bearer = (apiKey: string | undefined) =>
  apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

/** Anthropic's own server takes no bearer token; others that speak its dialect want one. */
function messagesHeaders(apiKey: string | undefined, host: string): Readonly<Record<string, string>> {
  const version = { "anthropic-version": "2023-06-01" };
  if (apiKey === undefined) return version;
  const isAnthropic = host.endsWith("anthropic.com");
  return { ...version, "x-api-key": apiKey, ...(!isAnthropic && bearer(apiKey)) };
}

export const DIALECTS: Readonly<Record<ModelApi, ApiDialect>> = {
  chat: { path: "/chat/completions", body: chatRequest, headers: bearer },
  responses: { path: "/responses", body: responsesRequest, headers: bearer },
  messages: { path: "/messages", body: messagesRequest, headers: messagesHeaders },
};
