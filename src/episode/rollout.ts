/** The one loop that runs an episode; training, serving and queues all use it. `queue/play-plan.ts` runs many at a time. */
import { toolsOf } from "./prompt.ts";
import { untilAborted } from "../until-aborted.ts";
import type { ResetOptions, Env } from "./contract.ts";
import {
  BudgetError,
  CancelledError,
  ModelError,
  type ModelErrorKind,
  RecordedFault,
  ReplError,
} from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import { modelFacts } from "../record/played-with.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Observation, StopReason } from "../types.ts";

/** How an episode ends if the server refuses what the policy's conversation has become: it is scored as it stands. */
const ENDINGS: ReadonlyMap<ModelErrorKind, StopReason> = new Map([
  ["window", "max_window"],
  ["filtered", "content_filter"],
]);

/** The policy and the reset of one episode. */
export interface EpisodeOptions {
  readonly policy: Policy;
  /** The sub-model that the policy gets to know, or null. */
  readonly subModel?: Model | null;
  readonly reset: ResetOptions;
  readonly signal?: AbortSignal;
}

/**
 * Runs one episode to its end and returns its record. If the policy's model or the interpreter fails, the episode ends as an
 * infrastructure error. If the signal aborts, its reason is thrown, and there is no record.
 */
export async function rolloutEpisode(env: Env, options: EpisodeOptions): Promise<Trajectory> {
  const { policy, subModel, signal } = options;
  const models = new Set([policy.model, subModel, ...env.subModels]);
  await Promise.all([...models].map(async (model) => model?.prepare?.(signal)));
  let observation: Observation;
  try {
    ({ observation } = await env.reset({
      policy: policy.name,
      ...(policy.readsGold && { readsGold: policy.readsGold }),
      ...(policy.model && { policyModel: modelFacts(policy.model) }),
      ...options.reset,
    }));
  } catch (error) {
    if (!(error instanceof ReplError)) throw error;
    return env.abandon("infra_error", { kind: "repl", message: error.message });
  }
  return playOn(env, options, observation);
}

/** Plays an episode that has begun from its last observation to its end. */
export async function playOn(env: Env, options: EpisodeOptions, last: Observation): Promise<Trajectory> {
  const { policy, signal } = options;
  const subModel = options.subModel ?? null;
  let observation = last;
  const actor = policy.start({
    observation,
    seed: options.reset.seed ?? 0,
    subModel,
    language: env.language,
  });
  const tools = toolsOf(env.dialect, env.language);
  const stop = signal ? AbortSignal.any([signal, env.deadline]) : env.deadline;
  let hasPlayed = false;
  for (;;) {
    signal?.throwIfAborted();
    if (env.deadline.aborted && env.deadline.reason instanceof CancelledError)
      return env.abandon("cancelled");
    try {
      const maxTokens = env.reserve(policy);
      const { messages, origin, turnSeed } = env;
      const turn = {
        observation,
        messages,
        tools,
        maxTokens,
        origin,
        ...(turnSeed !== null && { seed: turnSeed }),
      };
      const action = await untilAborted(stop, (own) => actor.act({ ...turn, signal: own }));
      const result = await env.step(action);
      if (result.terminated || result.truncated) return env.trajectory;
      observation = result.observation;
      hasPlayed = true;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BudgetError) return env.abandon(`max_${error.limit}`);
      const isOfModel = error instanceof ModelError;
      const reason: unknown = env.deadline.aborted && isOfModel ? env.deadline.reason : error;
      if (reason instanceof CancelledError) {
        const cut = { error: String(reason), attempts: 1 };
        return env.abandon("cancelled", null, policy.model && reason.cutCall ? cut : null);
      }
      const call = { error: String(error), attempts: isOfModel ? error.attempts : 1 };
      if (env.deadline.aborted && (isOfModel || error === env.deadline.reason))
        return env.abandon("max_seconds", null, policy.model ? call : null);
      if (!isOfModel) throw error;
      // The first prompt of a root is the environment's. What stands in every later one is of the policy's making, and the
      // whole prompt of a child is of its parent's.
      const isMistake = error.kind === "rejected" && (hasPlayed || env.origin.depth > 0);
      const ending = isMistake ? "rejected" : ENDINGS.get(error.kind);
      if (ending !== undefined && !(error instanceof RecordedFault)) {
        const refused = { ...call, error: error.message, isFree: true };
        return env.abandon(ending, null, policy.model ? refused : null);
      }
      const fault = { kind: `policy_${error.kind}`, message: error.message };
      return env.abandon("infra_error", fault, { ...call, error: error.message });
    }
  }
}

/** One episode of many, with its environment. */
export interface PlannedEpisode extends EpisodeOptions {
  /** Makes the environment for an attempt. It is closed when the attempt ends. */
  readonly makeEnv: () => Env | Promise<Env>;
}

/** Plays one planned episode in its own environment. Throws the signal's reason, and the environment's errors. */
export async function playEpisode(planned: PlannedEpisode, signal: AbortSignal): Promise<Trajectory> {
  const env = await planned.makeEnv();
  try {
    return await untilAborted(signal, (own) => rolloutEpisode(env, { ...planned, signal: own }));
  } finally {
    await env.close();
  }
}
