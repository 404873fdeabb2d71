/** The native profile's types: the actions and observations of rlm-gym's own steps, as schemas. */
import { z } from "zod";
import { KEEP_FIELD, MAX_TEXT_CHARS, OWN_TASK_FIELDS, RESET_FIELDS } from "../wire.ts";

const text = z.string().max(MAX_TEXT_CHARS);

export const NativeReset = z.looseObject({ ...RESET_FIELDS, ...OWN_TASK_FIELDS, ...KEEP_FIELD });

const Usage = z.strictObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  cached_tokens: z.int().min(0).default(0),
});

const ids = z.array(z.int().min(0)).max(MAX_TEXT_CHARS);

/** Exactly one of `completion`, `code` and `answer`. */
export const NativeAction = z
  .strictObject({
    completion: text.nullish().describe("what the policy's model wrote, including code and answer"),
    code: text.nullish().describe("Python, which is run as it is"),
    answer: text.nullish().describe("ends the episode with this answer"),
    tool_calls: z
      .array(z.strictObject({ id: z.string().max(255), name: z.string().max(255), arguments: text }))
      .max(64)
      .nullish()
      .describe("native function calls of the completion; arguments is JSON text"),
    model: z.string().max(255).nullish().describe("the model that wrote the completion"),
    finish_reason: z.enum(["stop", "length", "tool_calls", "content_filter"]).nullish(),
    usage: Usage.nullish().describe("tokens of the completion; counted if absent"),
    prompt_token_ids: ids.nullish().describe("as reported by the engine that sampled them"),
    completion_token_ids: ids.nullish(),
    logprobs: z.array(z.number()).max(MAX_TEXT_CHARS).nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish().describe("ignored"),
  })
  .refine(
    ({ completion, code, answer }) => [completion, code, answer].filter((part) => part != null).length === 1,
    { message: "expected exactly one of completion, code and answer" },
  );

const Block = z.strictObject({
  code: z.string(),
  outcome: z.enum(["ok", "exception", "timeout", "killed", "memory", "violation"]),
  stdout: z.string(),
  stderr: z.string(),
  value: z.string().nullable(),
  exception: z.string().nullable(),
  output_chars: z.int(),
  omitted_chars: z.int(),
  state_kept: z.boolean(),
});

export const NativeObservation = z.strictObject({
  text: z.string().describe("what the policy's model reads next"),
  system_prompt: z.string().nullable().describe("at the reset; null afterwards"),
  question: z.string(),
  context: z.strictObject({
    type: z.enum(["str", "list", "dict", "bytes", "int", "float", "bool", "None"]),
    chars: z.int(),
    parts: z.int().nullable(),
    items: z.string().optional().describe("the type of a list's items, if it is not str"),
    sha256: z.string(),
  }),
  turn: z.int(),
  turns_left: z.int(),
  results: z.array(Block),
  invalid: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).describe("terminated, truncated, stop_reason, reward_terms …"),
});

export const NativeState = z.looseObject({
  episode_id: z.string().nullable(),
  rollout_id: z.string().nullable().describe("the name of its record"),
  step_count: z.int().min(0),
  environment: z.string(),
  task_id: z.string().nullable().describe("names the task while the server runs; not the id in its record"),
  turn: z.int(),
  turns_left: z.int().nullable(),
  done: z.boolean(),
  stop_reason: z.string().nullable(),
  answer: z.string().nullable(),
  tokens: z.int(),
  dollars: z.number().nullable(),
});
