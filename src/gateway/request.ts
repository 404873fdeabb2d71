/** A client's chat completion request: checked, and as it goes upstream. */
import { z } from "zod";
import type { JsonObject } from "../types.ts";

const one = (what: string) => z.literal(1, { message: `expected 1: ${what}; send as many calls instead` });

/** What the gateway must read of every request; all else passes through as it is. */
const COMMON = {
  model: z.string().min(1).max(1024),
  stream: z.boolean().nullish(),
  n: one("a trace holds one reply").nullish(),
  stream_options: z.record(z.string(), z.unknown()).nullish(),
};

export const ChatRequest = z.looseObject({
  ...COMMON,
  messages: z.array(z.record(z.string(), z.unknown())).min(1),
});

export const TextRequest = z.looseObject({
  ...COMMON,
  prompt: z.union([z.string(), z.array(z.int().min(0)).min(1)], {
    message: "expected one prompt, a text or a list of token ids",
  }),
  best_of: one("all that is sampled is kept").nullish(),
  echo: z.literal(false, { message: "expected false: the prompt is in the trace" }).nullish(),
});

/** A request of either kind. */
export type AnyRequest = z.output<typeof ChatRequest> | z.output<typeof TextRequest>;

/** Which fields a session may not fix: they are the call's own, or the gateway's. */
const NOT_SAMPLING = [
  "messages",
  "stream",
  "stream_options",
  "n",
  "logprobs",
  "return_token_ids",
  "tools",
  "prompt",
];

/** Fields for every call of a session. */
export const SamplingParams = z
  .record(z.string(), z.unknown())
  .refine((params) => NOT_SAMPLING.every((name) => !(name in params)), {
    message: `expected none of ${NOT_SAMPLING.join(", ")}`,
  });

export type Capture = "ids" | "logprobs" | "none";

/** Caps on the reply: of a session's and a call's the lower one holds, since a call's is what its budget has left. */
const CAPS = ["max_tokens", "max_completion_tokens"] as const;

/** The body that goes upstream. The session's sampling holds over the call's. */
export function upstreamBody(
  body: AnyRequest,
  sampling: JsonObject,
  capture: Capture,
  logprobs: boolean | number,
): JsonObject {
  const merged = { ...body, ...sampling } as Record<string, unknown>;
  for (const cap of CAPS) {
    const caps = [body[cap], sampling[cap]].filter((value) => typeof value === "number");
    if (caps.length > 0) merged[cap] = Math.min(...caps);
  }
  if (capture !== "none") merged.logprobs = logprobs;
  if (capture === "ids") merged.return_token_ids = true;
  if (body.stream) merged.stream_options = { ...body.stream_options, include_usage: true };
  return merged as JsonObject;
}
