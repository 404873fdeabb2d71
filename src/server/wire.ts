/** The messages of OpenEnv's protocol that every environment shares, as schemas. */
import { z } from "zod";
import type { JsonObject } from "../types.ts";

/** Longest code, answer or question that a client may send, in UTF-16 units. */
export const MAX_TEXT_CHARS = 2 ** 20;

/** What every reset may carry; a profile adds its own fields, and further ones pass, as in OpenEnv. */
export const RESET_FIELDS = {
  seed: z.int().min(0).nullish().describe("fixes the task and everything random; default: the next number"),
  episode_id: z.string().max(255).nullish().describe("the name of the rollout in its record"),
};

/** `POST /step`; the action is checked by the profile. */
export const StepRequest = z.looseObject({
  action: z.record(z.string(), z.unknown()),
  timeout_s: z.number().positive().nullish(),
  request_id: z.string().max(255).nullish(),
  session_id: z.string().max(255).nullish(),
});

/** What reset and step answer. */
export const StepResponse = z.strictObject({
  observation: z.record(z.string(), z.unknown()),
  reward: z.number().nullable(),
  done: z.boolean(),
});

/** A frame from a client, before its data is looked at. */
export const Frame = z.strictObject({
  type: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** What reset and step show of an episode. */
export interface Shown {
  readonly observation: JsonObject & { readonly metadata: JsonObject };
  /** Null where there is none: at the reset, and after a fault of the machinery. */
  readonly reward: number | null;
  readonly done: boolean;
}
