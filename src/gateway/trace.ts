/** What the gateway keeps of each call that passes through it. */
import { z } from "zod";
import type { Json, JsonObject } from "../types.ts";

/** Why a call was made: by the policy, out of the REPL, or about its answer. */
export const PURPOSES = ["root", "llm_query", "rlm_query", "judge", "summary"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Where a call stands in the tree of its episode. */
export interface CallPlace {
  readonly purpose: Purpose;
  /** 0 for the policy of the episode that the tree begins with. */
  readonly depth: number;
  /** The trace of the policy's call that it came from. */
  readonly parent_call_id: string | null;
}

/** The headers by which a caller says where its call stands; without them it is the policy's. */
export const PLACE_HEADERS = {
  purpose: "x-rlm-purpose",
  depth: "x-rlm-depth",
  parent: "x-rlm-parent-call",
  rollout: "x-rlm-rollout",
} as const;

/** The headers of a client that go on to the upstream: versions of its dialect. */
const PASSED_HEADERS = ["anthropic-version", "anthropic-beta", "openai-beta"];

/** The headers of a reply. */
export const TRACE_HEADER = "x-trace-id";
export const WEIGHTS_HEADER = "x-weight-version";

/**
 * `ok`: the reply is whole and here. `failed`: the upstream refused before it sampled anything. `lost`: something may have
 * been sampled that is not here, so that the rollout is incomplete and nothing to train on.
 */
export type TraceStatus = "ok" | "failed" | "lost";

/** A line of `traces.jsonl`. Token ids and log-probabilities are the upstream's; null where it gave none. */
export interface Trace extends CallPlace {
  readonly trace_id: string;
  readonly session_id: string;
  /** A digest of the token whose session it is; absent where the gateway had no tokens. */
  readonly owner?: string;
  /** The episode that called, where an environment did; null for a call of somebody else's. */
  readonly rollout_id: string | null;
  readonly model: string;
  /** None where a text was to be completed: that is the request's `prompt`. */
  readonly messages: Json;
  /** The rest of the request as it went upstream. */
  readonly request: JsonObject;
  readonly response_message: JsonObject | null;
  readonly prompt_token_ids: readonly number[] | null;
  readonly completion_token_ids: readonly number[] | null;
  readonly logprobs: readonly number[] | null;
  readonly finish_reason: string | null;
  /** As the upstream reported it; null where it did not. */
  readonly usage: Json;
  /** Counted from the ids where the upstream reported no usage; null where there are none either. */
  readonly token_counts: { readonly prompt: number | null; readonly completion: number | null };
  /** The weights that the upstream was said to have when the call was sent. */
  readonly weight_version: string | null;
  readonly status: TraceStatus;
  readonly error: string | null;
  readonly latency_ms: number;
  /** When the call came in, ISO 8601. */
  readonly timestamp: string;
  readonly metadata: JsonObject;
}

/** What the upstream's reply says, whole or put together from a stream. */
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

export const NO_REPLY: Reply = {
  response_message: null,
  prompt_token_ids: null,
  completion_token_ids: null,
  logprobs: null,
  finish_reason: null,
  usage: null,
  token_counts: { prompt: null, completion: null },
};

const place = z.object({
  purpose: z.enum(PURPOSES).default("root"),
  depth: z.coerce.number().int().min(0).max(1000).optional(),
  parent: z.string().min(1).max(255).optional(),
  rollout: z
    .string()
    .min(1)
    .max(4096)
    .refine((text) => decoded(text) !== null, { message: "expected percent-encoding" })
    .optional(),
});

/** What the headers say; `rollout` is the episode that calls, `passed` what goes on to the upstream. Throws `ZodError`. */
export function readPlace(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const said = Object.entries(PLACE_HEADERS).map(([field, header]) => [field, headers[header]] as const);
  const read = place.parse(Object.fromEntries(said));
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
