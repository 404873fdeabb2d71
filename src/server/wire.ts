/** The messages of OpenEnv's protocol that all environments share, as schemas. */
import { clientId } from "../http/client-id.ts";
import { z } from "zod";
import type { JsonObject } from "../types.ts";

/** The longest code, answer or question that a client may send, in UTF-16 units. */
export const MAX_TEXT_CHARS = 2 ** 20;

/** Fields that every reset may have; a profile adds its own, and others are ignored, as in OpenEnv. */
export const RESET_FIELDS = {
  seed: z.int().min(0).nullish().describe("fixes the task and all randomness; default: the next number"),
  episode_id: clientId.nullish().describe("the name of the rollout in its record"),
};

/** Fields of a reset that make a task of the client's own. Without them, the environment's own task for the seed is played. */
export const OWN_TASK_FIELDS = {
  context: z.string().nullish().describe("a text of the client's own"),
  task_prompt: z.string().max(MAX_TEXT_CHARS).nullish().describe("the question about it"),
  expected_answer: z
    .string()
    .max(MAX_TEXT_CHARS)
    .nullish()
    .describe("the gold; without it there is no reward"),
};

/** The field that keeps the REPL from one episode of a session to the next. */
export const KEEP_FIELD = {
  keep: z
    .boolean()
    .nullish()
    .describe(
      "true: the REPL goes on from the reset before that had it, too; its names are numbered context_0, history_0 …",
    ),
};

/** `POST /step`; the profile checks the action. */
export const StepRequest = z.looseObject({
  action: z.record(z.string(), z.unknown()),
  timeout_s: z.number().positive().nullish(),
  request_id: clientId.nullish(),
  session_id: clientId.nullish(),
});

/** The reply to reset and step. */
export const StepResponse = z.strictObject({
  observation: z.record(z.string(), z.unknown()),
  reward: z.number().nullable(),
  done: z.boolean(),
});

/** A frame from a client, before its data is checked. */
export const Frame = z.strictObject({
  type: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** What reset and step show of an episode. */
export interface Shown {
  /** Without `metadata` for clients that show their model all of an observation. */
  readonly observation: JsonObject & { readonly metadata?: JsonObject };
  /** Null if there is none: at the reset, and after an infrastructure fault. */
  readonly reward: number | null;
  readonly done: boolean;
}

/** The same with more metadata, if the profile shows any. */
export function withMetadata(shown: Shown, more: JsonObject): Shown {
  const { observation } = shown;
  if (observation.metadata === undefined) return shown;
  return { ...shown, observation: { ...observation, metadata: { ...observation.metadata, ...more } } };
}
