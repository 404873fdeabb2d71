/** The types of OpenEnv's `repl_env`, as its clients send and read them. */
import { z } from "zod";
import { KEEP_FIELD, MAX_TEXT_CHARS, OWN_TASK_FIELDS, RESET_FIELDS } from "../wire.ts";

const text = z.string().max(MAX_TEXT_CHARS);

export const ReplReset = z.looseObject({
  ...RESET_FIELDS,
  ...OWN_TASK_FIELDS,
  ...KEEP_FIELD,
  rlm_max_depth: z.int().min(0).max(8).nullish(),
  rlm_max_iterations: z.int().min(1).max(10_000).nullish(),
  llm_model: z.string().max(255).nullish().describe("the sub-model to ask, if the server has it"),
});

export const ReplAction = z.strictObject({
  code: text.default(""),
  is_final: z.boolean().default(false),
  final_answer: text.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

export const ReplObservation = z.strictObject({
  result: z.strictObject({
    stdout: z.string(),
    stderr: z.string(),
    locals_snapshot: z.record(z.string(), z.string()),
    execution_time: z.number(),
    success: z.boolean(),
    exception: z.string().nullable(),
  }),
  context_preview: z.string().nullable(),
  context_length: z.int(),
  available_variables: z.array(z.string()),
  iteration: z.int(),
  max_iterations: z.int(),
  metadata: z.record(z.string(), z.unknown()),
});

export const ReplState = z.looseObject({
  episode_id: z.string().nullable(),
  rollout_id: z.string().nullable().describe("the name of its record"),
  step_count: z.int().min(0),
  context: z.string().nullable().describe("cut after 1 Mi characters"),
  task_prompt: z.string().nullable(),
  iteration: z.int(),
  max_iterations: z.int(),
  namespace_keys: z.array(z.string()),
  final_answer: z.string().nullable(),
  total_execution_time: z.number(),
});
