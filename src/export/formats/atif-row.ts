/** The shape of an ATIF document, version 1.8: unknown keys are forbidden, and some keys occur only on agents' steps. */
import { z } from "zod";

/** The newest version that the `atif` package's models describe. */
export const ATIF_VERSION = "ATIF-v1.8";

const count = z.number().int().nonnegative();
const extra = z.record(z.string(), z.unknown()).nullish();

const metrics = z.strictObject({
  prompt_tokens: count.nullish(),
  completion_tokens: count.nullish(),
  cached_tokens: count.nullish(),
  cost_usd: z.number().nullish(),
  prompt_token_ids: z.array(count).nullish(),
  completion_token_ids: z.array(count).nullish(),
  logprobs: z.array(z.number()).nullish(),
  extra,
});

const toolCall = z.strictObject({
  tool_call_id: z.string(),
  function_name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  extra,
});

const subagentRef = z
  .strictObject({
    trajectory_id: z.string().nullish(),
    trajectory_path: z.string().nullish(),
    session_id: z.string().nullish(),
    extra,
  })
  .refine((ref) => (ref.trajectory_id ?? ref.trajectory_path) != null, "names no trajectory");

const media = (...types: readonly [string, ...string[]]) =>
  z.strictObject({
    media_type: z.enum(types),
    path: z.string(),
    duration_sec: z.number().nonnegative().nullish(),
  });

/** A part of a message: a text, or a picture or sound stored beside the document. */
const part = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string(), source: z.null().optional() }),
  z.strictObject({
    type: z.literal("image"),
    text: z.null().optional(),
    source: media("image/jpeg", "image/png", "image/gif", "image/webp"),
  }),
  z.strictObject({
    type: z.literal("audio"),
    text: z.null().optional(),
    source: z.looseObject({ media_type: z.string().regex(/^\s*audio\//i), path: z.string() }),
  }),
]);
const content = z.union([z.string(), z.array(part)]);

/** The times that Python's `datetime.fromisoformat` accepts: a date, with or without a time and an offset. */
const TIMESTAMP =
  /^\d{4}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:.(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?[0-5]\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?)?)?$/;

const observation = z.strictObject({
  results: z.array(
    z.strictObject({
      source_call_id: z.string().nullish(),
      content: content.nullish(),
      subagent_trajectory_ref: z.array(subagentRef).nullish(),
      extra,
    }),
  ),
});

const AGENT_ONLY = ["model_name", "reasoning_effort", "reasoning_content", "tool_calls", "metrics"] as const;

export const atifStep = z
  .strictObject({
    step_id: z.number().int().min(1),
    timestamp: z.string().regex(TIMESTAMP, "expected a time in ISO 8601").nullish(),
    source: z.enum(["system", "user", "agent"]),
    model_name: z.string().nullish(),
    reasoning_effort: z.union([z.string(), z.number()]).nullish(),
    message: content,
    reasoning_content: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    observation: observation.nullish(),
    metrics: metrics.nullish(),
    extra,
    llm_call_count: count.nullish(),
    is_copied_context: z.boolean().nullish(),
  })
  .superRefine((step, context) => {
    const complain = (path: string, message: string) => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (step.source !== "agent")
      for (const key of AGENT_ONLY)
        if (step[key] != null) complain(key, "is only allowed on steps of the agent");
    if (step.llm_call_count === 0 && step.metrics != null)
      complain("metrics", "must be absent where llm_call_count is 0");
    if (step.llm_call_count === 0 && step.reasoning_content != null)
      complain("reasoning_content", "must be absent where llm_call_count is 0");
    const ids = new Set(step.tool_calls?.map((call) => call.tool_call_id));
    for (const { source_call_id: id } of step.observation?.results ?? [])
      if (id != null && step.tool_calls && !ids.has(id))
        complain("observation", `source_call_id ${id} is no tool call of the step`);
  });
export type AtifStep = z.output<typeof atifStep>;

const document = z.strictObject({
  schema_version: z.string().regex(/^ATIF-v1\.\d+$/, "expected ATIF-v1.N"),
  session_id: z.string().nullish(),
  trajectory_id: z.string().nullish(),
  agent: z.strictObject({
    name: z.string(),
    version: z.string(),
    model_name: z.string().nullish(),
    tool_definitions: z.array(z.record(z.string(), z.unknown())).nullish(),
    extra,
  }),
  steps: z
    .array(atifStep)
    .min(1)
    .refine((steps) => steps.every((step, i) => step.step_id === i + 1), "step_id is not 1, 2, 3 …"),
  notes: z.string().nullish(),
  final_metrics: z
    .strictObject({
      total_prompt_tokens: count.nullish(),
      total_completion_tokens: count.nullish(),
      total_cached_tokens: count.nullish(),
      total_cost_usd: z.number().nullish(),
      total_steps: count.nullish(),
      extra,
    })
    .nullish(),
  continued_trajectory_ref: z.string().nullish(),
  extra,
  get subagent_trajectories() {
    return z.array(document).nullish();
  },
});
export type AtifDocument = z.output<typeof document>;

export const atifDocument: z.ZodType<AtifDocument> = document.superRefine((value, context) => {
  for (const message of namesAmiss(value))
    context.addIssue({ code: "custom", path: ["subagent_trajectories"], message });
});

/** Documents refer to their sub-agents by name. */
function namesAmiss({ subagent_trajectories: below }: AtifDocument): string[] {
  const seen = new Set<string>();
  return (below ?? []).flatMap((one) => {
    const { trajectory_id: id } = one;
    const own =
      id == null ? "one has no trajectory_id" : seen.has(id) ? `two have the trajectory_id ${id}` : null;
    if (id != null) seen.add(id);
    return [...(own === null ? [] : [own]), ...namesAmiss(one)];
  });
}
