/** The trace that the gateway keeps of each call. */
import { z } from "zod";
import { clientId } from "../http/client-id.ts";
import type { Json, JsonObject } from "../types.ts";

/** The purposes of calls: `root` is the policy's own, `judge` is about its answer, and the others come from its episode. */
export const PURPOSES = ["root", "llm_query", "rlm_query", "judge", "summary", "ping"] as const;
/** The purpose of a call. */
export type Purpose = (typeof PURPOSES)[number];

/** The position of a call in its tree of episodes. */
export interface CallPosition {
  readonly purpose: Purpose;
  /** 0 for the policy of the tree's root. */
  readonly depth: number;
  /** The trace of the policy's call that led to this call; null if there is none. */
  readonly parent_call_id: string | null;
}

/** The headers with a call's position. A call without them counts as the policy's. */
export const POSITION_HEADERS = {
  purpose: "x-rlm-purpose",
  depth: "x-rlm-depth",
  parent: "x-rlm-parent-call",
  rollout: "x-rlm-rollout",
} as const;

/** The client's headers that are passed to the upstream: versions of its API. */
const PASSED_HEADERS = ["anthropic-version", "anthropic-beta", "openai-beta"];

/** The header of a reply with the trace's id. */
export const TRACE_HEADER = "x-trace-id";
/** The header of a reply with the version of the weights. */
export const WEIGHTS_HEADER = "x-weight-version";

/**
 * `ok`: the trace has the whole reply. `failed`: the upstream refused before it sampled anything. `lost`: something may have been
 * sampled that the trace lacks, so the rollout is incomplete and must not be trained on.
 */
export type TraceStatus = "ok" | "failed" | "lost";

/** A line of `traces.jsonl`. Token ids and log-probabilities are the upstream's; null if it gave none. */
export interface Trace extends CallPosition {
  readonly trace_id: string;
  readonly session_id: string;
  /** A hash of the token that owns the session; absent if the gateway had no tokens. */
  readonly owner?: string;
  /** The calling episode, if the call came from an environment; null otherwise. */
  readonly rollout_id: string | null;
  readonly model: string;
  /** Empty for a text completion, whose `prompt` is in the request. */
  readonly messages: Json;
  /** The rest of the request as it was sent upstream. */
  readonly request: JsonObject;
  readonly response_message: JsonObject | null;
  readonly prompt_token_ids: readonly number[] | null;
  readonly completion_token_ids: readonly number[] | null;
  readonly logprobs: readonly number[] | null;
  readonly finish_reason: string | null;
  /** The usage as the upstream reported it; null if it did not. */
  readonly usage: Json;
  /** From the usage, or else counted from the ids; null if there are neither. */
  readonly token_counts: { readonly prompt: number | null; readonly completion: number | null };
  /** The version of the upstream's weights when the call was sent, as the gateway was told. */
  readonly weight_version: string | null;
  readonly status: TraceStatus;
  readonly error: string | null;
  readonly latency_ms: number;
  /** When the call arrived, in ISO 8601. */
  readonly timestamp: string;
  readonly metadata: JsonObject;
}

/** The fields of a trace from the upstream's reply, whole or assembled from a stream. */
export type Reply = Pick<
  Trace,
  | "response_message"
  | "prompt_token_ids"
  | "completion_token_ids"
  | "logprobs"
  | "finish_reason"
  | "usage"
  | "token_counts"
>;

/** The fields of a trace without a reply. */
export const NO_REPLY: Reply = {
  response_message: null,
  prompt_token_ids: null,
  completion_token_ids: null,
  logprobs: null,
  finish_reason: null,
  usage: null,
  token_counts: { prompt: null, completion: null },
};

const positionHeaders = z.object({
  purpose: z.enum(PURPOSES).default("root"),
  depth: z.coerce.number().int().min(0).max(1000).optional(),
  parent: clientId.min(1).optional(),
  rollout: z
    .string()
    .min(1)
    .max(4096)
    .refine((text) => decoded(text) !== null, { message: "expected percent-encoding" })
    .refine((text) => /^\P{Cc}*$/u.test(decoded(text) ?? ""), { message: "expected no control characters" })
    .optional(),
});

/**
 * Reads the position from the headers. `rollout` is the calling episode, and `passed` are the headers for the upstream. Throws
 * `ZodError` for invalid headers.
 */
export function readPosition(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const said = Object.entries(POSITION_HEADERS).map(([field, header]) => [field, headers[header]] as const);
  const read = positionHeaders.parse(Object.fromEntries(said));
  const { purpose, parent = null, rollout } = read;
  const passed = PASSED_HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    purpose,
    depth: read.depth ?? (purpose === "root" ? 0 : 1),
    parent,
    rollout: rollout === undefined ? null : decoded(rollout),
    passed: Object.fromEntries(passed),
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
