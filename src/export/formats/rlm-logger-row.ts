/** The lines of an RLMLogger log, including older shapes that are still in use. */
import { z } from "zod";

const message = z.looseObject({ role: z.string(), content: z.string().nullable() });
const count = z.number().int().nonnegative().nullish();

const usageSummary = z.looseObject({
  model_usage_summaries: z.record(
    z.string(),
    z.looseObject({
      total_calls: count,
      total_input_tokens: count,
      total_output_tokens: count,
      total_cost: z.number().nullish(),
    }),
  ),
});

/** Older logs store the final answer as a pair of its type and its value. */
const finalAnswer = z.union([z.string(), z.tuple([z.string(), z.unknown()])]).nullish();

const rlmCall = z.looseObject({
  root_model: z.string().nullish(),
  prompt: z.unknown(),
  response: z.string().nullish(),
  execution_time: z.number().nullish(),
  usage_summary: usageSummary.nullish(),
  error: z.string().nullish(),
  get metadata() {
    return z
      .looseObject({ run_metadata: z.looseObject({}).nullish(), iterations: z.array(iterationShape) })
      .nullish();
  },
});

const result = z.looseObject({
  stdout: z.string().nullish(),
  stderr: z.string().nullish(),
  locals: z.record(z.string(), z.unknown()).nullish(),
  execution_time: z.number().nullish(),
  final_answer: finalAnswer,
  rlm_calls: z.array(rlmCall).nullish(),
  /** The former name of `rlm_calls`. */
  llm_calls: z.array(rlmCall).nullish(),
});

const iterationShape = z.looseObject({
  iteration: z.number().int().positive(),
  timestamp: z.string().nullish(),
  prompt: z.union([z.array(message), z.string(), z.looseObject({})]),
  response: z.string(),
  code_blocks: z.array(z.looseObject({ code: z.string(), result })),
  final_answer: finalAnswer,
  iteration_time: z.number().nullish(),
});

const metadata = z.looseObject({
  type: z.literal("metadata"),
  timestamp: z.string().nullish(),
  root_model: z.string(),
  max_depth: z.number().int(),
  max_iterations: z.number().int(),
  backend: z.string().nullish(),
  rlm_gym: z.looseObject({}).optional(),
});

/** The context of a completion, as some versions log it before its iterations. */
const runContext = z.looseObject({
  type: z.literal("run_context"),
  timestamp: z.string().nullish(),
  prompt: z.unknown().optional(),
  root_prompt: z.string().nullish(),
});

/** Readers skip lines of other types. */
export const rlmLoggerLine = z.discriminatedUnion("type", [
  metadata,
  iterationShape.extend({ type: z.literal("iteration") }),
  runContext,
]);
export type LogIteration = z.output<typeof iterationShape>;
export type LogMetadata = z.output<typeof metadata>;
export type LogRunContext = z.output<typeof runContext>;
export type LogCall = z.output<typeof rlmCall>;
