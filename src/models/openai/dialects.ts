/** The three ways of asking a model server: chat completions, OpenAI's Responses, Anthropic's Messages. */
import type { JsonObject } from "../../types.ts";
import type { ModelRequest } from "../model.ts";
import { chatRequest } from "./chat-request.ts";
import type { MessageForm } from "./messages-to-send.ts";
import { messagesRequest } from "./messages-request.ts";
import { responsesRequest } from "./responses-request.ts";

/** How a model server is asked. */
export type ModelApi = "chat" | "responses" | "messages";

/** How replies are sampled, where the request does not say. Fields that are absent are not sent. */
export interface Sampling {
  readonly temperature?: number;
  /** Nucleus sampling: the share of probability that is sampled from, above 0 and at most 1. */
  readonly topP?: number;
  /** Texts at which the reply ends. */
  readonly stop?: readonly string[];
  /** How long the model thinks, in the server's words: `minimal`, `low`, `medium`, `high` … */
  readonly reasoningEffort?: string;
}

/** What a body is made of besides the request. */
export interface Asking {
  readonly model: string;
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  readonly sampling: Sampling;
  readonly forms: ReadonlySet<MessageForm>;
  readonly tokenIds: boolean;
  readonly logprobs: boolean;
}

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
