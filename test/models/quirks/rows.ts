/** The rows of the quirk tables: a server's raw answer, and the expected result. */
import type { OpenaiModelOptions } from "../../../src/models/openai/openai.ts";
import type { ModelRequest } from "../../../src/models/model.ts";

/** A reply in any shape, and the expected completion. */
export interface ReplyRow {
  readonly quirk: string;
  /** JSON, or the raw text of the body. */
  readonly body: unknown;
  /** Default: 200. The gateway passes others on as they are. */
  readonly status?: number;
  readonly type?: string;
  /** Whether the request offers the function `run`, and the API of the request. */
  readonly tools?: true;
  readonly api?: OpenaiModelOptions["api"];
  readonly reads: object;
  /** Fields that the completion must not have. */
  readonly lacks?: readonly string[];
}

/** An error, and the expected kind of failure. */
export interface ErrorRow {
  readonly quirk: string;
  readonly status: number;
  readonly body: unknown;
  readonly kind: string;
  readonly retried: boolean;
  /** The expected window in tokens. */
  readonly window?: number;
  readonly says?: string;
}

/** A refusal that must lead to one changed request, and be remembered. */
export interface RefusalRow {
  readonly quirk: string;
  readonly status: number;
  readonly body: unknown;
  readonly request?: Partial<ModelRequest>;
  readonly options?: Partial<OpenaiModelOptions>;
  /** Fields of the next request and of all later ones. */
  readonly sends?: object;
  readonly lacks?: readonly string[];
}

export const RUN = {
  name: "run",
  description: "Runs.",
  parameters: { type: "object", properties: { code: { type: "string" } } },
};

/** A chat completion around a message. */
export function chat(message: unknown, choice: object = {}, top: object = {}): object {
  return {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, finish_reason: "stop", message, ...choice }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...top,
  };
}

export const said = (content: unknown, further: object = {}) => ({ role: "assistant", content, ...further });

/** A chat completion that calls the function. */
export function calling(calls: unknown, further: object = {}): object {
  return chat(said(null, { tool_calls: calls, ...further }), { finish_reason: "tool_calls" });
}

/** A call with these arguments. */
export const withArguments = (args: unknown) => [
  { id: "c1", type: "function", function: { name: "run", arguments: args } },
];

export const counting = (usage: unknown) => chat(said("7"), {}, { usage });

/** Server-sent events of these values. */
export function events(...values: readonly (object | string)[]): string {
  return values
    .map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`)
    .join("");
}

/** A chunk of a chat's stream. */
export const chunk = (delta: object, choice: object = {}, top: object = {}) => ({
  id: "x",
  object: "chat.completion.chunk",
  model: "m",
  choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  ...top,
});
export const END = chunk({}, { finish_reason: "stop" });
