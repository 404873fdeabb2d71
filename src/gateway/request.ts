/** Checks a client's request in each API, and builds the body that is sent upstream. */
import { z } from "zod";
import type { JsonObject } from "../types.ts";

const one = (what: string) => z.literal(1, { message: `expected 1: ${what}; send as many calls instead` });

/** The fields of every request that the gateway reads. All others pass through unchanged. */
const COMMON = {
  model: z.string().min(1).max(1024),
  stream: z.boolean().nullish(),
  n: one("a trace holds one reply").nullish(),
  stream_options: z.record(z.string(), z.unknown()).nullish(),
};

/** A call of chat completions. */
export const ChatRequest = z.looseObject({
  ...COMMON,
  messages: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** A call of text completions. It must have one prompt. */
export const TextRequest = z.looseObject({
  ...COMMON,
  prompt: z.union([z.string(), z.array(z.int().min(0)).min(1)], {
    message: "expected one prompt, a text or a list of token ids",
  }),
  best_of: one("all that is sampled is kept").nullish(),
  echo: z.literal(false, { message: "expected false: the prompt is in the trace" }).nullish(),
});

/** A call of OpenAI's Responses. It must contain the whole conversation, since a trace cannot have items on the server. */
export const ResponsesRequest = z.looseObject({
  ...COMMON,
  input: z.union([z.string(), z.array(z.record(z.string(), z.unknown())).min(1)]),
  previous_response_id: z
    .null({ message: "expected none: the trace holds the whole conversation" })
    .optional(),
  background: z.literal(false, { message: "expected false: the trace holds the reply" }).nullish(),
});

/** A call of Anthropic's Messages. */
export const MessagesRequest = z.looseObject({
  ...COMMON,
  messages: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** A request of any kind. */
export type AnyRequest =
  | z.output<typeof ChatRequest>
  | z.output<typeof TextRequest>
  | z.output<typeof ResponsesRequest>
  | z.output<typeof MessagesRequest>;

/** The fields that a session cannot set, since the call or the gateway sets them. */
const NOT_SAMPLING = [
  "model",
  "messages",
  "stream",
  "stream_options",
  "n",
  "logprobs",
  "return_token_ids",
  "tools",
  "prompt",
  "input",
  "system",
  "instructions",
];

/** Fields that a session sets for all its calls. */
export const SamplingParams = z
  .record(z.string(), z.unknown())
  .refine((params) => NOT_SAMPLING.every((name) => !(name in params)), {
    message: `expected none of ${NOT_SAMPLING.join(", ")}`,
  });

/** What the gateway asks the model server for: token ids with log-probabilities, only log-probabilities, or nothing. */
export type Capture = "ids" | "logprobs" | "none";

/** Caps on the reply. The lower one of the session's and the call's counts, since a call's is the rest of its budget. */
const CAPS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

/** The body that is sent upstream. The session's sampling fields override the call's. */
export function upstreamBody(
  body: AnyRequest,
  sampling: JsonObject,
  capture: Capture,
  { logprobs, hasDone }: { readonly logprobs: boolean | number | null; readonly hasDone: boolean },
): JsonObject {
  const merged = { ...body, ...sampling } as Record<string, unknown>;
  for (const cap of CAPS) {
    const caps = [body[cap], sampling[cap]].filter((value) => typeof value === "number");
    if (caps.length > 0) merged[cap] = Math.min(...caps);
  }
  if (capture !== "none" && logprobs !== null) merged.logprobs = logprobs;
  if (capture === "ids" && logprobs !== null) merged.return_token_ids = true;
  if (body.stream && hasDone) merged.stream_options = { ...body.stream_options, include_usage: true };
  return merged as JsonObject;
}
