/**
 * A model on any server that speaks OpenAI's chat completions or Responses, or Anthropic's Messages: OpenAI itself, vLLM,
 * SGLang, llama.cpp, Ollama …
 */
import { UsageError } from "../../errors.ts";
import { plainUrl } from "../../http/plain-url.ts";
import { Random } from "../../random.ts";
import { countMessages } from "../../cost/tokens.ts";
import type { Completion, JsonObject } from "../../types.ts";
import type { Governor } from "../governor.ts";
import type { CallOptions, CallOrigin, Model, ModelRequest } from "../model.ts";
import { type Failure, withRetries } from "../retry.ts";
import { readBody } from "../servers/read-body.ts";
import { completionOf } from "./completion-of.ts";
import { missingTokens } from "./missing-tokens.ts";
import { readReply } from "../servers/read-reply.ts";
import { unreadBody, unreadIn } from "../servers/unread-replies.ts";
import { Adaptation } from "./adaptation.ts";
import type { Sampling } from "./asking.ts";
import { DIALECTS, type ModelApi } from "./dialects.ts";
import { failureOf, RefusedError, refusalIn, type Server, UnreadableError } from "./failure.ts";
import { askWindow } from "./model-page.ts";
import { PromptIds } from "./prompt-ids.ts";
import { type Answer, send } from "./send.ts";

/** Failures of an overloaded server, including one that accepts no more connections. */
const OVERLOADED: ReadonlySet<string> = new Set(["overloaded", "timeout", "unreachable"]);
/** Refusals that are not about a part of the request. */
const UNCHANGED: ReadonlySet<string> = new Set(["filtered", "quota", "loading", "auth"]);
const OPENAI_URL = "https://api.openai.com/v1";
const ANTHROPIC_URL = "https://api.anthropic.com/v1";
const LOADING_MS = 300_000;
const STARTING_MS = 20_000;
/** If the prompt leaves room for fewer reply tokens than this, the request is not repeated with a smaller cap. */
const LEAST_REPLY_TOKENS = 16;

/** The model, its server, and how to retry. Times are in milliseconds. */
export interface OpenaiModelOptions {
  /** The model's name on the server. */
  readonly model: string;
  /** The server's API. Default: chat completions. */
  readonly api?: ModelApi;
  /** The URL under which the API's path is. Default: OpenAI's own server, or Anthropic's for Messages. */
  readonly baseUrl?: string;
  /** Sent only as a bearer token or as Anthropic's `x-api-key`. */
  readonly apiKey?: string;
  /** The most tokens of prompt and reply together. Default: what the server says about the model. */
  readonly windowTokens?: number;
  /**
   * The field that caps the reply in chat completions. Default: `max_completion_tokens` for OpenAI's own server, `max_tokens`
   * for others. If the server refuses the one, the other is sent.
   */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens";
  /** How replies are sampled if a request does not say. */
  readonly sampling?: Sampling;
  /** Asks for the token ids of prompt and completion (vLLM's `return_token_ids`). Only for chat completions. */
  readonly tokenIds?: boolean;
  /** Asks for the log-probability of each completion token. Not for Messages. */
  readonly logprobs?: boolean;
  /** The path and further headers of a call, by its position in the tree of episodes. */
  readonly routeOf?: (origin: CallOrigin | undefined) => Route;
  /** Further fields of the request for this server, such as `chat_template_kwargs`. They override all others. */
  readonly extraBody?: JsonObject;
  /** The most attempts for one completion. Default: 4. Requests that were changed because the server refused a field do not count. */
  readonly maxAttempts?: number;
  /** The wait before the second attempt, which doubles for each later one. Default: 500. */
  readonly backoffMs?: number;
  /** The time limit of one attempt, including the body. Default: ten minutes. */
  readonly timeoutMs?: number;
  /** How long to wait for a server that says that its model is loading. Default: five minutes. */
  readonly loadingMs?: number;
  /** How long to wait for a server that refuses connections and has never answered. Default: 20 seconds. */
  readonly startingMs?: number;
  /** Paces the requests of all models that share it. Default: none. */
  readonly governor?: Governor;
  /** Is told once what the server does not do though it was asked for, such as token ids that no reply holds. */
  readonly onNotice?: (line: string) => void;
  /** The seed of the random part of waits. */
  readonly seed?: number;
}

/** The path of a call under the base URL, and further headers. The path begins with a slash and ends with the API's own path. */
export interface Route {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes the model. After rate limits, server failures and dropped connections it tries again with growing waits, or after the
 * server's Retry-After. A field or a form of messages that the server refuses is left out or changed from then on. All other
 * failures throw a `ModelError` at once, which names the server.
 */
export function openaiModel(options: OpenaiModelOptions): Model {
  return new ServerModel(expectOptions(options));
}

class ServerModel implements Model {
  readonly name: string;
  readonly simulated = false;
  readonly settings?: JsonObject;
  readonly #options: OpenaiModelOptions;
  readonly #baseUrl: string;
  readonly #server: Server;
  readonly #adaptation: Adaptation;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #jitter: Random;
  #windowTokens: number | undefined;
  #asked: Promise<void> | null = null;
  #hasAnswered = false;
  #wasNoticed = false;
  #promptIds: PromptIds | null = null;

  constructor(options: OpenaiModelOptions) {
    const { model, apiKey, api = "chat", windowTokens, extraBody = {} } = options;
    const baseUrl = options.baseUrl ?? (api === "messages" ? ANTHROPIC_URL : OPENAI_URL);
    this.name = model;
    this.#options = options;
    this.#baseUrl = plainUrl(baseUrl, "base URL");
    this.#server = { model, baseUrl: this.#baseUrl, apiKey };
    this.#headers = DIALECTS[api].headers(apiKey, new URL(this.#baseUrl).hostname);
    this.#adaptation = new Adaptation(Object.keys(extraBody));
    this.#jitter = Random.of(options.seed ?? 0, "retry jitter");
    this.#windowTokens = windowTokens;
    const settings = settingsOf(options);
    if (Object.keys(settings).length > 0) this.settings = settings;
  }

  get windowTokens(): number | undefined {
    return this.#windowTokens;
  }

  /** Asks the server at `baseUrl` once for the length of the model's window. */
  prepare(signal?: AbortSignal): Promise<void> {
    this.#asked ??= this.#askWindow(signal);
    return this.#asked;
  }

  async #askWindow(signal: AbortSignal | undefined): Promise<void> {
    const { baseUrl, routeOf } = this.#options;
    if (this.#windowTokens !== undefined || baseUrl === undefined || routeOf !== undefined) return;
    const found = await askWindow(this.#baseUrl, this.name, { headers: this.#headers, signal });
    this.#windowTokens ??= found ?? undefined;
  }

  async complete(request: ModelRequest, callOptions: CallOptions = {}): Promise<Completion> {
    const {
      governor,
      maxAttempts = 4,
      backoffMs = 500,
      loadingMs = LOADING_MS,
      startingMs = STARTING_MS,
    } = this.#options;
    // The reply's cap becomes smaller once the server says how much room the prompt leaves.
    let most = request.maxTokens;
    const ask = (signal: AbortSignal | undefined) =>
      this.#ask(
        { ...request, ...(most !== undefined && { maxTokens: most }) },
        callOptions,
        signal,
        (room) => {
          most = room;
        },
      );
    const governed = (signal: AbortSignal | undefined) => {
      const tokens = countMessages(request.messages) + (request.maxTokens ?? 0);
      return governor!.run({
        model: this.name,
        tokens,
        signal,
        send: () => ask(signal),
        tokensUsed: ({ usage }) => (usage ? usage.promptTokens + usage.completionTokens : tokens),
        isOverload: (error) => OVERLOADED.has(this.#failureOf(error).kind),
      });
    };
    return withRetries(governor ? governed : ask, {
      model: this.name,
      maxAttempts,
      backoffMs,
      jitter: this.#jitter,
      signal: callOptions.signal,
      failureOf: (error) => this.#failureOf(error),
      patienceMs: ({ kind, isRefused }) => {
        if (kind === "loading") return loadingMs;
        return isRefused && !this.#hasAnswered ? startingMs : 0;
      },
    });
  }

  /** Sends one request. If the server says that the prompt leaves fewer tokens for the reply, `onRoom` gets their number. */
  async #ask(
    request: ModelRequest,
    { origin }: CallOptions,
    signal: AbortSignal | undefined,
    onRoom: (tokens: number) => void,
  ): Promise<Omit<Completion, "attempts">> {
    const { api = "chat", routeOf, extraBody, timeoutMs = 600_000 } = this.#options;
    const dialect = DIALECTS[api];
    const version = this.#adaptation.version;
    const body = this.#bodyOf(request, extraBody);
    const route = routeOf?.(origin) ?? { path: dialect.path, headers: {} };
    const answer = await send(this.#baseUrl + route.path, {
      method: "POST",
      headers: { ...this.#headers, ...route.headers },
      body,
      timeoutMs,
      signal,
    });
    this.#hasAnswered = true;
    try {
      const completion = this.#completionIn(answer, request);
      this.#noticeMissing(completion);
      return await this.#withPromptIds(completion, body, signal);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      throw this.#changed(error, { body, version, request, onRoom }) ? new ChangedError(error) : error;
    }
  }

  #noticeMissing({ tokens }: Omit<Completion, "attempts">): void {
    if (this.#wasNoticed) return;
    this.#wasNoticed = true;
    const { tokenIds = false, logprobs = false, onNotice } = this.#options;
    const line = missingTokens({ model: this.name, server: this.#baseUrl, tokenIds, logprobs }, tokens);
    if (line !== null) onNotice?.(line);
  }

  /** Adds the ids of the prompt, if they are wanted and the server gives only those of the completion. */
  async #withPromptIds(
    completion: Omit<Completion, "attempts">,
    body: JsonObject,
    signal: AbortSignal | undefined,
  ): Promise<Omit<Completion, "attempts">> {
    const { tokens, usage } = completion;
    const { tokenIds = false, routeOf } = this.#options;
    if (!tokenIds || routeOf !== undefined || !tokens?.completionIds || tokens.promptIds) return completion;
    this.#promptIds ??= new PromptIds({ baseUrl: this.#baseUrl, headers: this.#headers });
    const promptIds = await this.#promptIds.of(body, usage?.promptTokens ?? null, signal);
    return promptIds === null ? completion : { ...completion, tokens: { ...tokens, promptIds } };
  }

  #bodyOf(request: ModelRequest, extraBody: JsonObject = {}): JsonObject {
    const { api = "chat", model, sampling = {}, tokenIds = false, logprobs = false } = this.#options;
    const ownField = this.#options.baseUrl === undefined ? "max_completion_tokens" : "max_tokens";
    const { maxTokensField = ownField } = this.#options;
    const { forms } = this.#adaptation;
    const body = DIALECTS[api].body(request, { model, maxTokensField, sampling, forms, tokenIds, logprobs });
    return { ...this.#adaptation.applied(body), ...extraBody };
  }

  #completionIn(answer: Answer, { tools = [] }: ModelRequest): Omit<Completion, "attempts"> {
    const names = tools.map(({ name }) => name);
    if (answer.status >= 300) return this.#unread(refusalIn(answer), names);
    const body = readBody(answer.text);
    if (body.kind === "text") {
      const hint = "instead of JSON; is this the base of the API's path (it often ends in /v1)?";
      throw new UnreadableError(`${body.what} ${hint}`, { mayPass: body.what === "nothing" });
    }
    if (body.kind === "cut") throw new UnreadableError(body.what, { mayPass: true });
    const reply = readReply(body.value, names);
    if (!("what" in reply)) return completionOf(reply, this.name, answer.headers);
    if (reply.error !== undefined) return this.#unread(new RefusedError(answer, reply.error), names);
    throw new UnreadableError(reply.what, { mayPass: reply.what.includes("without choices") });
  }

  /** The completion that a server could not parse; throws any other refusal. */
  #unread(refusal: RefusedError, names: readonly string[]): Omit<Completion, "attempts"> {
    const unread = unreadIn(refusal.complaint);
    const reply = unread && readReply(unreadBody(unread), names);
    if (reply === null || "what" in reply) throw refusal;
    return completionOf(reply, this.name, refusal.answer.headers);
  }

  /** Whether the next request will differ: with a smaller cap, or without what was refused. */
  #changed(
    { complaint, meaning }: RefusedError,
    sent: {
      readonly body: JsonObject;
      readonly version: number;
      readonly request: ModelRequest;
      readonly onRoom: (tokens: number) => void;
    },
  ): boolean {
    const { means, windowTokens, promptTokens, totalTokens } = meaning;
    if (means === "window") {
      if (windowTokens !== null) this.#windowTokens = windowTokens;
      const { maxTokens } = sent.request;
      if (windowTokens === null || maxTokens === undefined) return false;
      const prompt = promptTokens ?? (totalTokens === null ? null : totalTokens - maxTokens);
      const room = prompt === null ? 0 : windowTokens - prompt;
      if (room < LEAST_REPLY_TOKENS || room >= maxTokens) return false;
      sent.onRoom(room);
      return true;
    }
    if (means !== null && UNCHANGED.has(means)) return false;
    return sent.version < this.#adaptation.version || this.#adaptation.learn(complaint, sent.body);
  }

  #failureOf(error: unknown): Failure {
    if (!(error instanceof ChangedError)) return failureOf(error, this.#server);
    return { ...failureOf(error.refusal, this.#server), retry: false, isChanged: true };
  }
}

/** The request was refused, and the next one will be changed. */
class ChangedError extends Error {
  override readonly name = "ChangedError";
  readonly refusal: RefusedError;

  constructor(refusal: RefusedError) {
    super("the next request leaves out what the server refused");
    this.refusal = refusal;
  }
}

/** The model's settings for the record. */
function settingsOf({ api = "chat", sampling = {}, extraBody = {} }: OpenaiModelOptions): JsonObject {
  const { temperature, topP, stop, reasoningEffort } = sampling;
  return {
    ...(api !== "chat" && { api }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop !== undefined && { stop }),
    ...(reasoningEffort !== undefined && { reasoningEffort }),
    ...(Object.keys(extraBody).length > 0 && { extraBody }),
  };
}

/** Throws `UsageError` for options that the API has no field for, and for invalid ones. */
function expectOptions(options: OpenaiModelOptions): OpenaiModelOptions {
  const { api = "chat", sampling = {}, tokenIds, logprobs } = options;
  if (!(api in DIALECTS))
    throw new UsageError(`api: expected ${Object.keys(DIALECTS).join(", ")}, got ${JSON.stringify(api)}`);
  if (api === "responses" && sampling.stop !== undefined)
    throw new UsageError("stop: expected none with api responses, which has no field for stop words");
  if (api !== "chat" && tokenIds)
    throw new UsageError(`tokenIds: expected api chat, got ${api}, which has no field for token ids`);
  if (api === "messages" && logprobs)
    throw new UsageError(
      "logprobs: expected api chat or responses, got messages, which has no field for them",
    );
  const { topP } = sampling;
  if (topP !== undefined && !(topP > 0 && topP <= 1))
    throw new UsageError(`topP: expected a number above 0 and at most 1, got ${topP}`);
  return options;
}
