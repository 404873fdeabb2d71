/** A policy that a client plays through a capture gateway: joins what the engine sampled to the step that used it. */
import type { GatewayClient } from "../gateway/client.ts";
import { saidInTrace } from "../gateway/reply.ts";
import type { Trace } from "../gateway/trace.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { ParsedCompletion } from "../parse/parsed.ts";
import type { Action, Completion, Dialect, JsonObject, ToolCall } from "../types.ts";

/** The gateway does not have the complete record of a call of the policy's model. */
export class LostCall extends Error {
  override readonly name = "LostCall";
}

/** The gateway's session for one episode of a client's policy. */
export class CapturedPolicy {
  readonly #gateway: GatewayClient;
  readonly #session: string;
  /** The base URL at which to ask the policy's model. */
  readonly url: string;
  #seen: number;
  /** Complete replies to the policy that were not joined to a step yet. */
  #open: Trace[] = [];

  private constructor(gateway: GatewayClient, session: string, url: string, seen: number) {
    this.#gateway = gateway;
    this.#session = session;
    this.url = url;
    this.#seen = seen;
  }

  /** Throws `ModelError` if the gateway is not available. */
  static async begin(
    gateway: GatewayClient,
    rolloutId: string,
    metadata: JsonObject,
  ): Promise<CapturedPolicy> {
    const url = await gateway.open(rolloutId, metadata);
    return new CapturedPolicy(gateway, rolloutId, url, await gateway.count(rolloutId));
  }

  get sessionId(): string {
    return this.#session;
  }

  /**
   * The action with what was sampled for it: a completion is matched by its words, code by being the reply's only block, and an
   * answer by being the reply's answer. An action that no reply matches stays as it is. Throws `LostCall`, `ModelError`.
   */
  async join(action: Action, dialect: Dialect, language: ReplLanguage): Promise<Action> {
    const found = await this.#gateway.tracesAfter(this.#session, this.#seen);
    this.#seen += found.length;
    // The environment's own calls name their rollout, and it records them itself.
    const ofClient = found.filter((trace) => trace.purpose === "root" && trace.rollout_id === null);
    const lost = ofClient.find(({ status }) => status === "lost");
    if (lost)
      throw new LostCall(`the gateway lost a call of the policy: ${lost.error ?? "it gives no reason"}`);
    this.#open.push(...ofClient.filter(({ status }) => status === "ok"));
    const fitting = this.#open.findLast((trace) => fits(trace, action, dialect, language));
    if (!fitting) return action;
    this.#open = [];
    return completionOf(fitting, typeof action === "object" && "text" in action ? action : null);
  }
}

function fits(trace: Trace, action: Action, dialect: Dialect, language: ReplLanguage): boolean {
  const said = saidInTrace(trace);
  // A client may send the words with or without the thoughts that are part of them.
  const isSaid = (text: string) => text === said.text || text === trace.response_message?.["content"];
  if (typeof action === "string") return isSaid(action);
  if ("text" in action) return isSaid(action.text) && sameCalls(said.toolCalls, action.toolCalls, language);
  const { blocks, final } = language.parse(said, dialect, false);
  if ("answer" in action) return blocks.length === 0 && final !== null && wordsOf(final) === action.answer;
  const [block, ...more] = blocks;
  const code = action.code.trim();
  // A client may take the fence away, and a reply without one may still be code to the server.
  if (said.toolCalls.length === 0 && said.text.trim() === code) return true;
  return more.length === 0 && final === null && block?.problem === null && block.code.trim() === code;
}

/** A client sends an answer as text, even if it could be the name of a variable. */
function wordsOf(final: NonNullable<ParsedCompletion["final"]>): string {
  return final.kind === "variable" ? final.argument : final.text;
}

/** Compares names and code: a client may give a call its own id. */
function sameCalls(
  sampled: readonly ToolCall[],
  given: readonly ToolCall[],
  { nativeTool }: ReplLanguage,
): boolean {
  const plain = (calls: readonly ToolCall[]) =>
    JSON.stringify(calls.map(({ name, arguments: text, written = text }) => [name, written]));
  return (
    plain(sampled) === plain(given.map((call) => ({ ...call, name: call.name || (nativeTool?.name ?? "") })))
  );
}

function completionOf(trace: Trace, given: Completion | null): Completion {
  const { prompt, completion } = trace.token_counts;
  const { prompt_token_ids: promptIds, completion_token_ids: completionIds, logprobs } = trace;
  const usage =
    prompt === null || completion === null
      ? null
      : { promptTokens: prompt, completionTokens: completion, cachedTokens: cachedIn(trace, prompt) };
  return {
    ...saidInTrace(trace),
    ...(given && { toolCalls: given.toolCalls }),
    model: trace.model,
    usage: usage ?? given?.usage ?? null,
    usageSource: usage ? "reported" : (given?.usageSource ?? "unknown"),
    tokens: {
      ...(promptIds && { promptIds }),
      ...(completionIds && { completionIds }),
      ...(logprobs && { logprobs }),
      ...(trace.weight_version !== null && { weightVersion: trace.weight_version }),
      traceId: trace.trace_id,
    },
    attempts: 1,
  };
}

function cachedIn({ usage }: Trace, prompt: number): number {
  const details = (usage as { prompt_tokens_details?: { cached_tokens?: unknown } | null } | null)
    ?.prompt_tokens_details;
  const cached = details?.cached_tokens;
  return typeof cached === "number" ? Math.min(cached, prompt) : 0;
}
