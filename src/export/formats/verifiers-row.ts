/** A line of `traces.jsonl` in the format of verifiers 0.4 (v1): an episode with its traces. */
import { z } from "zod";

const count = z.number().int().nonnegative();
const text = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);

const toolCall = z.looseObject({ id: z.string(), name: z.string(), arguments: z.string() });

const message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.literal("system"), content: text }),
  z.looseObject({ role: z.literal("user"), content: text }),
  z.looseObject({
    role: z.literal("assistant"),
    content: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
  }),
  z.looseObject({ role: z.literal("tool"), tool_call_id: z.string(), content: text }),
]);

const node = z
  .looseObject({
    parent: count.nullish(),
    message,
    sampled: z.boolean().default(false),
    timestamp: z.number().optional(),
    token_ids: z.array(count).default([]),
    mask: z.array(z.boolean()).default([]),
    is_content: z.array(z.boolean()).default([]),
    logprobs: z.array(z.number()).default([]),
  })
  .superRefine(({ token_ids: ids, mask, logprobs }, context) => {
    const complain = (path: string, what: string) => {
      context.addIssue({ code: "custom", path: [path], message: what });
    };
    if (mask.length !== ids.length) complain("mask", "is not as long as token_ids");
    if (logprobs.length > 0 && logprobs.length !== mask.filter(Boolean).length)
      complain("logprobs", "are not as many as the sampled tokens");
  });

const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  cached_input_tokens: count.nullish(),
  cost: z.number().nullish(),
});

const task = z.looseObject({
  type: z.string(),
  data: z.looseObject({
    id: z.string().nullish(),
    prompt: z.unknown().optional(),
    system_prompt: z.string().nullish(),
  }),
  key: z.string().nullish(),
  hash: z.string().nullish(),
});

const fault = z.looseObject({ type: z.string(), message: z.string() });

const trace = z
  .looseObject({
    version: z.literal(1),
    id: z.string(),
    task,
    agent: z.looseObject({
      config: z.looseObject({ model: z.string().nullish() }),
      name: z.string().optional(),
      trainable: z.boolean().optional(),
    }),
    nodes: z.array(node),
    calls: z
      .array(
        z.looseObject({
          node: count.nullish(),
          model: z.string().nullish(),
          finish_reason: z.enum(["stop", "length", "tool_calls"]).nullish(),
          usage: usage.nullish(),
        }),
      )
      .default([]),
    rewards: z.record(
      z.string(),
      z.looseObject({ score: z.number(), weight: z.number().default(1) }).nullable(),
    ),
    metrics: z.record(z.string(), z.number().nullable()).default({}),
    info: z.record(z.string(), z.unknown()).default({}),
    is_completed: z.boolean(),
    ok: z.boolean(),
    stop_condition: z.string().nullish(),
    errors: z.array(fault).default([]),
  })
  .superRefine(({ nodes }, context) => {
    for (const [index, { parent }] of nodes.entries())
      if (parent != null && parent >= index)
        context.addIssue({
          code: "custom",
          path: ["nodes", index, "parent"],
          message: "does not stand before its child",
        });
  });

export const verifiersEpisode = z.looseObject({
  id: z.string(),
  env: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  task,
  group: z.looseObject({ id: z.string() }).nullish(),
  ok: z.boolean(),
  errors: z.array(fault).default([]),
  traces: z.array(trace),
});
