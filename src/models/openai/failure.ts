/** What went wrong with a request to a server, in one line that names the server, and whether to try again. */
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { ModelError } from "../../errors.ts";
import type { Failure } from "../retry.ts";
import { MixedUpError } from "./fetch-whole.ts";

const MAX_WORDS_CHARS = 200;
const PAST_THE_WINDOW = /context.?length|context window|max_model_len|prompt is too long|too many tokens/i;

export interface Server {
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** Classifies whatever the client threw. What is neither a server's nor a network's fault is thrown on. */
export function failureOf(error: unknown, server: Server): Failure {
  const { baseUrl } = server;
  if (error instanceof ModelError) return { kind: error.kind, status: error.status, message: error.message };
  if (error instanceof SyntaxError)
    return {
      kind: "malformed",
      status: 200,
      message: `${baseUrl}: answered JSON that breaks off or is none`,
    };
  if (error instanceof APIConnectionTimeoutError)
    return { kind: "timeout", message: `${baseUrl}: no answer in time` };
  if (error instanceof APIConnectionError && error.cause instanceof MixedUpError)
    return { kind: "malformed", message: `${baseUrl}: ${error.cause.message}`, retry: true };
  if (error instanceof APIConnectionError)
    return { kind: "unreachable", message: `${baseUrl}: no connection: ${rootCause(error)}`, retry: true };
  if (error instanceof APIError && typeof error.status === "number")
    return statusFailure(error, error.status, server);
  throw error;
}

function statusFailure(error: APIError, status: number, server: Server): Failure {
  const said = wordsOf(error, server);
  const failure = (kind: Failure["kind"], what: string): Failure => ({
    kind,
    status,
    message: `${server.baseUrl}: ${what} (status ${status})${said && `: ${said}`}`,
  });
  if (status === 401 || status === 403)
    return failure("auth", server.apiKey === undefined ? "wants an API key" : "refuses the API key");
  if (status >= 300 && status < 400)
    return failure("rejected", `has moved to ${error.headers?.get("location") ?? "somewhere else"}`);
  if (status === 404) return failure("not_found", `does not know the path or the model ${server.model}`);
  if (status === 408 || status === 429 || status >= 500)
    return {
      ...failure("overloaded", status === 429 ? "limits the rate" : "failed"),
      retry: true,
      retryAfterMs: retryAfterMs(error.headers),
    };
  return failure(
    "rejected",
    PAST_THE_WINDOW.test(said) ? "the prompt is past the window" : "rejects the request",
  );
}

/** Retry-After in seconds, or as a date, which counts from the server's own clock. */
function retryAfterMs(headers: Headers | undefined): number | null {
  const value = headers?.get("retry-after") ?? "";
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers?.get("date") ?? "");
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** What the server said, short, on one line, and without the key. */
function wordsOf(error: APIError, { apiKey }: Server): string {
  const body: unknown = error.error;
  const said = isRecord(body) ? (body["message"] ?? body["detail"] ?? body) : (body ?? error.message);
  const text = typeof said === "string" ? said : JSON.stringify(said);
  if (/^(\d+ )?\s*</.test(text)) return "an HTML page";
  if (/^\d+ status code \(no body\)$/.test(text)) return "";
  const line = text
    .replace(/^\d{3} /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const safe = apiKey ? line.replaceAll(apiKey, "[key]") : line;
  return safe.length > MAX_WORDS_CHARS ? `${safe.slice(0, MAX_WORDS_CHARS)}…` : safe;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The innermost cause: fetch says "fetch failed" and hides what failed under it. */
function rootCause(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return rootCause(cause.errors[0]);
  return cause instanceof Error ? rootCause(cause) : error.message;
}
