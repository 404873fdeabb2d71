/** Texts to vectors by any server with OpenAI's embeddings endpoint: OpenAI itself, vLLM, llama.cpp, text-embeddings-inference … */
import { plainUrl } from "../../http/plain-url.ts";
import { Random } from "../../random.ts";
import type { Embed } from "../../types.ts";
import { type Failure, withRetries } from "../retry.ts";
import { isFields } from "../servers/json.ts";
import { readBody } from "../servers/read-body.ts";
import { DIALECTS } from "./dialects.ts";
import { failureOf, RefusedError, refusalIn, type Server, UnreadableError } from "./failure.ts";
import { type Answer, send } from "./send.ts";

const OPENAI_URL = "https://api.openai.com/v1";
const PATH = "/embeddings";
/** What a server answers if it was started without embeddings; to ask again does not help. */
const NOT_IMPLEMENTED = 501;

/** The embedding model, its server, and how to ask. Times are in milliseconds. */
export interface OpenaiEmbedderOptions {
  /** The model's name on the server. */
  readonly model: string;
  /** The URL under which `/embeddings` is. Default: OpenAI's own server. */
  readonly baseUrl?: string;
  /** Sent only as a bearer token. */
  readonly apiKey?: string;
  /** The most texts of one request. Default: 32. */
  readonly batchSize?: number;
  /** The most attempts for one request. Default: 4. */
  readonly maxAttempts?: number;
  /** The wait before the second attempt, which doubles for each later one. Default: 500. */
  readonly backoffMs?: number;
  /** The time limit of one attempt, including the body. Default: ten minutes. */
  readonly timeoutMs?: number;
}

/**
 * Asks in batches, one after the other, and sends texts as they are: no instruction in front, nothing cut off. After rate
 * limits, server failures and dropped connections it asks again. Throws a `ModelError` that names the server, also for vectors
 * that are missing, of several sizes, or hold something else than finite numbers.
 */
export function openaiEmbedder(options: OpenaiEmbedderOptions): Embed {
  const { model, apiKey, batchSize = 32, maxAttempts = 4, backoffMs = 500, timeoutMs = 600_000 } = options;
  const server: Server = { model, apiKey, baseUrl: plainUrl(options.baseUrl ?? OPENAI_URL, "base URL") };
  const headers = DIALECTS.chat.headers(apiKey, new URL(server.baseUrl).hostname);
  const jitter = Random.of(0, "retry jitter");
  let size: number | null = null;
  const ask = async (input: readonly string[], signal: AbortSignal | undefined) => {
    const body = { model, input, encoding_format: "float" };
    const answer = await send(server.baseUrl + PATH, { method: "POST", headers, body, timeoutMs, signal });
    const vectors = vectorsIn(answer, input.length, size);
    size ??= vectors[0]?.length ?? null;
    return { vectors };
  };
  return async (texts) => {
    const all: (readonly number[])[] = [];
    for (let start = 0; start < texts.length; start += batchSize) {
      const batch = texts.slice(start, start + batchSize);
      const { vectors } = await withRetries((signal) => ask(batch, signal), {
        model,
        maxAttempts,
        backoffMs,
        jitter,
        signal: undefined,
        failureOf: (error) => explained(failureOf(error, server), server),
      });
      all.push(...vectors);
    }
    return all;
  };
}

/** Says what was expected, where the server seems to have no embeddings. */
function explained(failure: Failure, { baseUrl }: Server): Failure {
  const { kind, status, message } = failure;
  if (kind !== "not_found" && status !== NOT_IMPLEMENTED && status !== 405) return failure;
  const hint = `expected OpenAI's embeddings endpoint at ${baseUrl}${PATH}, and an embedding model`;
  return { ...failure, retry: false, message: `${message}; ${hint}` };
}

/** @param size how many numbers earlier vectors had; null if there were none */
function vectorsIn(answer: Answer, count: number, size: number | null): readonly (readonly number[])[] {
  if (answer.status >= 300) throw refusalIn(answer);
  const body = readBody(answer.text);
  if (body.kind !== "json") throw unreadable(`${body.what} instead of JSON with embeddings`);
  const { value } = body;
  if (isFields(value) && value.error) throw new RefusedError(answer, value.error);
  const data = isFields(value) ? value.data : undefined;
  if (!Array.isArray(data)) throw unreadable('JSON without the list "data" of embeddings');
  if (data.length !== count) throw unreadable(`${data.length} embeddings for ${count} texts`);
  const vectors = new Map<unknown, readonly number[]>();
  for (const [position, entry] of data.entries()) {
    const fields = isFields(entry) ? entry : {};
    const vector = vectorIn(fields.embedding, `data[${position}].embedding`);
    size ??= vector.length;
    if (vector.length !== size)
      throw unreadable(
        `data[${position}].embedding with ${vector.length} numbers where others have ${size}: expected one size`,
      );
    vectors.set(fields.index ?? position, vector);
  }
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (!vector) throw unreadable(`embeddings without the index ${index}: expected 0 to ${count - 1}`);
    return vector;
  });
}

function vectorIn(value: unknown, place: string): readonly number[] {
  if (!Array.isArray(value) || value.length === 0)
    throw unreadable(
      `${place} as ${Array.isArray(value) ? "an empty list" : kindOf(value)}: expected a list of numbers`,
    );
  const wrong = value.findIndex((number) => !Number.isFinite(number));
  if (wrong === -1) return value as number[];
  throw unreadable(`${place}[${wrong}] as ${kindOf(value[wrong])}: expected a finite number`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  return value === null ? "null or NaN" : typeof value;
}

function unreadable(what: string): UnreadableError {
  return new UnreadableError(what, { mayPass: false });
}
