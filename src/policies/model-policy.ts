/** A language model as a policy: it continues the conversation, and its completion is the action. */
import type { Model } from "../models/model.ts";
import type { Policy } from "./policy.ts";
import { Random } from "../random.ts";

/** Options of a model policy. */
export interface ModelPolicyOptions {
  readonly temperature?: number;
  /** The policy's name in records. Default: the model's. */
  readonly name?: string;
}

/** Makes a policy from a language model. */
export function modelPolicy(model: Model, options: ModelPolicyOptions = {}): Policy {
  return {
    name: options.name ?? model.name,
    model,
    start: ({ seed }) => {
      const sampling = Random.of(seed, "policy").below(2 ** 31);
      return {
        act: ({ messages, tools, maxTokens, seed: ofTurn = sampling, origin, signal }) =>
          model.complete(
            {
              messages,
              maxTokens,
              seed: ofTurn,
              ...(tools.length > 0 && { tools }),
              ...(options.temperature !== undefined && { temperature: options.temperature }),
            },
            { ...(signal && { signal }), ...(origin && { origin }) },
          ),
      };
    },
  };
}
