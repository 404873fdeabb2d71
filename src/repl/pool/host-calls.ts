/** Checks the requests that an interpreter sends to the host, and writes the replies. */
import type { Context } from "../../types.ts";
import { readTerms } from "../call-terms.ts";
import type { HostCall, HostCallHandler, HostErrorKind, HostReply } from "../repl.ts";
import { answerTextCall, isTextCall } from "../text/text-calls.ts";
import type { TextStore } from "../text/text-store.ts";
import { answerToolCall, isToolCall, type ToolHost } from "../tool-calls.ts";

/** Prompts one call may hold. */
const MAX_PROMPTS = 10_000;
const MAX_MODEL_CHARS = 200;
const JSON_REQUEST = "J".charCodeAt(0);

/** Everything that answers the requests of one episode. */
export interface Answering {
  readonly text: TextStore | null;
  readonly tools: ToolHost | null;
  readonly onCall: HostCallHandler;
}

/** Passes a request to the lazy context, to the host's tools, or to the handler of calls. Never rejects. */
export async function answerRequest(
  { text, tools, onCall }: Answering,
  body: Uint8Array,
  deadline: AbortSignal,
): Promise<Uint8Array> {
  if (isTextCall(body)) return await answerTextCall(text, body, deadline);
  if (isToolCall(body)) return await answerToolCall(tools, body);
  const call = parseCall(body);
  if (typeof call === "string") return encodeError(call);
  try {
    return encodeReply(await onCall(call), call.prompts.length, call.reasoning);
  } catch (error) {
    return encodeError(error instanceof Error ? error.message : String(error));
  }
}

/** The call in a request, or a sentence about what is wrong with it: code can write any bytes. */
export function parseCall(body: Uint8Array): HostCall | string {
  if (body[0] !== JSON_REQUEST) return "the request is of no known kind";
  const fields = parseObject(body.subarray(1));
  if (!fields) return "the request is no JSON object";
  const { kind, batched, prompts, contexts, model, reasoning, terms } = fields;
  if (kind !== "llm_query" && kind !== "rlm_query") return "the request names no function";
  if (typeof batched !== "boolean") return "the request does not say whether it is a batch";
  if (!isTexts(prompts) || prompts.length === 0) return "prompts must be a list of texts";
  if (prompts.length > MAX_PROMPTS)
    return `at most ${MAX_PROMPTS} prompts may be asked at once, not ${prompts.length}`;
  if (!batched && prompts.length !== 1) return "one prompt was announced, and several came";
  if (model !== null && typeof model !== "string") return "model must be a text, if there is one";
  if (model !== null && model.length > MAX_MODEL_CHARS)
    return `no model has a name of ${model.length} characters`;
  if (reasoning !== undefined && (reasoning !== true || kind !== "llm_query"))
    return "reasoning is true or absent, and llm_query's alone";
  const read = terms === undefined ? undefined : readTerms(terms, kind);
  if (read !== undefined && "problem" in read) return read.problem;
  const further = { ...(reasoning === true && { reasoning: true as const }), ...(read && { terms: read }) };
  if (contexts === undefined) return { kind, batched, prompts, model, ...further };
  if (!areContexts(contexts) || contexts.length !== prompts.length) {
    return "every context must be a text, a list, a map or a number, and there must be one for each prompt";
  }
  return { kind, batched, prompts, contexts, model, ...further };
}

/** The reply as the interpreter reads it. If the number of replies is not the expected one, the code gets an error. */
export function encodeReply(reply: HostReply, expected: number, withReasoning = false): Uint8Array {
  if ("error" in reply) return encodeError(reply.error, reply.kind);
  const { replies } = reply;
  if (replies.length !== expected)
    return encodeError(`${replies.length} replies came for ${expected} prompts`);
  const { reasoning = replies.map(() => null) } = reply;
  return new TextEncoder().encode(JSON.stringify({ replies, ...(withReasoning && { reasoning }) }));
}

/** An error as the interpreter reads it. */
export function encodeError(error: string, kind?: HostErrorKind): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ error, ...(kind && { kind }) }));
}

function parseObject(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return isPlainObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** `1e999` is valid JSON but Infinity in JavaScript. The worker has already bounded the nesting of requests. */
function isFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isFinite);
}

function areContexts(value: unknown): value is Context[] {
  return Array.isArray(value) && value.every((item) => item !== null && isFinite(item));
}
