/** A model behind any server that speaks OpenAI's chat completions: OpenAI itself, vLLM, SGLang, llama.cpp, Ollama … */
import { OpenAI } from "openai";
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import { countMessages } from "../../cost/tokens.ts";
import type { Completion, JsonObject } from "../../types.ts";
import type { Governor } from "../governor.ts";
import { failureOf } from "./failure.ts";
import { fetchWhole } from "./fetch-whole.ts";
import { chatRequest } from "./request.ts";
import { completionFrom } from "./response.ts";
import type { CallOrigin, Model } from "../model.ts";
import { withRetries } from "../retry.ts";

/** Failures of a server that has too much to do; a server that accepts no more connections is one. */
const OVERLOADED: ReadonlySet<string> = new Set(["overloaded", "timeout", "unreachable"]);
const OPENAI_URL = "https://api.openai.com/v1";

export interface OpenaiModelOptions {
  /** The model's name on the server. */
  readonly model: string;
  /** Where the server's `/chat/completions` stands; OpenAI's own server where absent. */
  readonly baseUrl?: string;
  /** Sent as a bearer token, and nowhere else. */
  readonly apiKey?: string;
  readonly windowTokens?: number;
  /** The field that caps the reply. Default: `max_completion_tokens` for OpenAI's own server, `max_tokens` for others. */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens";
  /** Asks for the token ids of prompt and completion (vLLM's `return_token_ids`). */
  readonly tokenIds?: boolean;
  /** Asks for the log-probability of each completion token. */
  readonly logprobs?: boolean;
  /** Another path and further headers for a call, by where it stands. */
  readonly routeOf?: (origin: CallOrigin | undefined) => Route;
  /** Fields of the request that only this server knows, such as `top_p` or `chat_template_kwargs`. */
  readonly extraBody?: JsonObject;
  /** Requests for one completion at most; default 4. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt; doubled for each one after. Default 500. */
  readonly backoffMs?: number;
  /** Time one attempt may take, its body included; default ten minutes. */
  readonly timeoutMs?: number;
  /** Paces the requests of all models that share it; default: nobody does. */
  readonly governor?: Governor;
  /** Seed of the waits' jitter. */
  readonly seed?: number;
}

/** Where a call goes, under the base URL; the path begins with a slash. */
export interface Route {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes the model. Rate limits, server failures and dropped connections are tried again with growing waits, or as long
 * after as the server's Retry-After says; whatever else is wrong throws a `ModelError` at once that names the server.
 */
export function openaiModel(options: OpenaiModelOptions): Model {
  const { model, apiKey, maxAttempts = 4, backoffMs = 500, timeoutMs = 600_000, seed = 0 } = options;
  const baseUrl = options.baseUrl ?? OPENAI_URL;
  const server = { model, baseUrl: shownUrl(baseUrl), apiKey };
  const client = new OpenAI({
    baseURL: baseUrl,
    // The client refuses to start without a key, which a server of one's own does not want.
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: fetchWhole,
  });
  const jitter = Random.of(seed, "retry jitter");
  const maxTokensField =
    options.maxTokensField ?? (options.baseUrl === undefined ? "max_completion_tokens" : "max_tokens");

  return {
    name: model,
    simulated: false,
    ...(options.windowTokens !== undefined && { windowTokens: options.windowTokens }),
    async complete(request, callOptions = {}) {
      const body = chatRequest(request, { ...options, maxTokensField });
      const ask = async (signal: AbortSignal | undefined) => {
        const route = options.routeOf?.(callOptions.origin);
        const { data, response } = await client.chat.completions
          .create(body, { ...(signal && { signal }), ...route })
          .withResponse();
        return withTrace(completionFrom(data, server), response.headers);
      };
      const { governor } = options;
      const tokens = countMessages(request.messages) + (request.maxTokens ?? 0);
      const governed = (signal: AbortSignal | undefined) =>
        governor!.run({
          model,
          tokens,
          signal,
          send: () => ask(signal),
          tokensUsed: ({ usage }) => (usage ? usage.promptTokens + usage.completionTokens : tokens),
          isOverload: (error) => OVERLOADED.has(failureOf(error, server).kind),
        });
      return withRetries(governor ? governed : ask, {
        model,
        maxAttempts,
        backoffMs,
        jitter,
        signal: callOptions.signal,
        failureOf: (error) => failureOf(error, server),
      });
    },
  };
}

/** What a gateway says of the call beside the reply. */
function withTrace(completion: Omit<Completion, "attempts">, headers: Headers): Omit<Completion, "attempts"> {
  const [traceId, weightVersion] = [headers.get("x-trace-id"), headers.get("x-weight-version")];
  if (traceId === null && weightVersion === null) return completion;
  const traced = {
    ...completion.tokens,
    ...(traceId !== null && { traceId }),
    ...(weightVersion !== null && { weightVersion }),
  };
  return { ...completion, tokens: traced };
}

/** The URL as errors show it. Throws `UsageError` for what is none, or holds a password. */
function shownUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`base URL: expected http://… or https://…, got ${JSON.stringify(baseUrl)}`);
  if (url.username !== "" || url.password !== "")
    throw new UsageError(`base URL: expected no user name or password in it; the server is ${url.host}`);
  return (url.origin + url.pathname).replace(/\/$/, "");
}
