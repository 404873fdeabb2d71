/** The one loop that runs episodes; training, serving and queues all call it. Many at a time: `queue/play-plan.ts`. */
import { toolsOf } from "./prompt.ts";
import { untilAborted } from "../until-aborted.ts";
import type { ResetOptions, Env } from "./contract.ts";
import { BudgetError, ModelError, ReplError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import { modelFacts } from "../record/played-with.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Observation } from "../types.ts";

/** Who plays one episode, and which. */
export interface EpisodeOptions {
  readonly policy: Policy;
  /** What the policy is told of the sub-model. */
  readonly subModel?: Model | null;
  readonly reset: ResetOptions;
  readonly signal?: AbortSignal;
}

/**
 * Runs one episode to its end and returns its record. A policy's model or an interpreter that fails ends it as an infra error;
 * a signal that aborts is thrown as its reason, and leaves no record.
 */
export async function rolloutEpisode(env: Env, options: EpisodeOptions): Promise<Trajectory> {
  const { policy, subModel, signal } = options;
  const models = new Set([policy.model, subModel, ...env.subModels]);
  await Promise.all([...models].map((model) => model?.prepare?.(signal)));
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

/** Goes on with an episode that has begun, from its last observation to its end. */
export async function playOn(env: Env, options: EpisodeOptions, last: Observation): Promise<Trajectory> {
  const { policy, signal } = options;
  const subModel = options.subModel ?? null;
  let observation = last;
  const actor = policy.start({ observation, seed: options.reset.seed ?? 0, subModel });
  const tools = toolsOf(env.dialect);
  const stop = signal ? AbortSignal.any([signal, env.deadline]) : env.deadline;
  for (;;) {
    signal?.throwIfAborted();
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
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BudgetError) return env.abandon(`max_${error.limit}`);
      const isOfModel = error instanceof ModelError;
      const call = { error: String(error), attempts: isOfModel ? error.attempts : 1 };
      if (env.deadline.aborted && (isOfModel || error === env.deadline.reason))
        return env.abandon("max_seconds", null, policy.model ? call : null);
      if (!isOfModel) throw error;
      if (error.kind === "window") {
        const refused = { ...call, error: error.message, isFree: true };
        return env.abandon("max_window", null, policy.model ? refused : null);
      }
      const fault = { kind: `policy_${error.kind}`, message: error.message };
      return env.abandon("infra_error", fault, { ...call, error: error.message });
    }
  }
}

/** One episode of many: which environment it runs in, and how it begins. */
export interface PlannedEpisode extends EpisodeOptions {
  /** Called for each attempt; the environment is closed when the attempt ends. */
  readonly makeEnv: () => Env | Promise<Env>;
}

/** Plays one planned episode in an environment of its own. Throws the signal's reason, and what an environment throws. */
export async function playEpisode(planned: PlannedEpisode, signal: AbortSignal): Promise<Trajectory> {
  const env = await planned.makeEnv();
  try {
    return await untilAborted(signal, (own) => rolloutEpisode(env, { ...planned, signal: own }));
  } finally {
    await env.close();
  }
}
