/** What a line of native trajectories has to be. Keys that a later version adds are let through. */
import { z } from "zod";

const count = z.number().int().nonnegative();
const ids = z.array(count);
const usage = z.object({ promptTokens: count, completionTokens: count, cachedTokens: count });

const tokens = z.object({
  promptIds: ids.optional(),
  completionIds: ids.optional(),
  logprobs: z.array(z.number()).optional(),
  weightVersion: z.string().optional(),
  traceId: z.string().optional(),
});

const call = z.looseObject({
  id: count,
  purpose: z.enum(["policy", "llm_query", "rlm_query", "judge", "summary"]),
  depth: count,
  turn: count,
  model: z.string(),
  prompt: z.string().nullable(),
  reply: z.string().nullable(),
  error: z.string().nullable(),
  usage: usage.nullable(),
  nanoDollars: z.number().nullable(),
  tokens: tokens.optional(),
});

const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() });

const block = z.looseObject({
  code: z.string(),
  outcome: z.string(),
  stdout: z.string(),
  stderr: z.string(),
  value: z.string().nullable(),
  exception: z.string().nullable(),
});

const turn = z.looseObject({
  index: count,
  completion: z.looseObject({ text: z.string(), toolCalls: z.array(toolCall), finishReason: z.string() }),
  callId: count.nullable(),
  results: z.array(block),
  observation: z.string(),
  segment: count,
  reward: z.number(),
});

/** A trajectory of schema version 1, with its children. */
export const trajectoryRow = z.looseObject({
  schemaVersion: z.literal(1),
  rolloutId: z.string(),
  groupId: z.string(),
  environment: z.string(),
  policy: z.string(),
  seed: z.number(),
  depth: count,
  task: z.looseObject({
    id: z.string(),
    question: z.string(),
    context: z.looseObject({ type: z.string(), chars: count, sha256: z.string() }),
  }),
  dialect: z.enum(["repl", "tool"]),
  systemPrompt: z.string(),
  opening: z.string(),
  status: z.enum(["ok", "infra_error"]),
  stopReason: z.string(),
  turns: z.array(turn),
  calls: z.array(call),
  get children() {
    return z.array(trajectoryRow);
  },
  totals: z.looseObject({ calls: count, promptTokens: z.number(), completionTokens: z.number() }),
  answer: z.object({ text: z.string(), source: z.string() }).nullable(),
  reward: z
    .looseObject({ total: z.number(), score: z.number(), terms: z.record(z.string(), z.unknown()) })
    .nullable(),
});
