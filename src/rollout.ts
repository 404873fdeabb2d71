/** The one loop that runs episodes; training, serving and queues all call it. */
import PQueue from "p-queue";
import { toolsOf } from "./prompt.ts";
import type { RLMEnv } from "./env.ts";
import type { ResetOptions } from "./env-options.ts";
import { ModelError, ReplError } from "./errors.ts";
import type { Model } from "./models/model.ts";
import type { Policy } from "./policy.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Observation } from "./types.ts";

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
export async function rolloutEpisode(env: RLMEnv, options: EpisodeOptions): Promise<Trajectory> {
  const { policy, signal } = options;
  let observation: Observation;
  try {
    ({ observation } = await env.reset({ policy: policy.name, ...options.reset }));
  } catch (error) {
    if (!(error instanceof ReplError)) throw error;
    return env.abandon("infra_error", { kind: "repl", message: error.message });
  }
  const subModel = options.subModel ?? null;
  const actor = policy.start({ observation, seed: options.reset.seed ?? 0, subModel });
  const tools = toolsOf(env.dialect);
  const stop = signal ? AbortSignal.any([signal, env.deadline]) : env.deadline;
  for (;;) {
    signal?.throwIfAborted();
    const maxTokens = Math.min(env.limits.maxCompletionTokens, env.tokensLeft);
    if (maxTokens <= 0) return env.abandon("max_tokens");
    try {
      const action = await actor.act({ observation, messages: env.messages, tools, maxTokens, signal: stop });
      const result = await env.step(action);
      if (result.terminated || result.truncated) return env.trajectory;
      observation = result.observation;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ModelError)) throw error;
      if (env.deadline.aborted) return env.abandon("max_seconds");
      return env.abandon("infra_error", { kind: `policy_${error.kind}`, message: error.message });
    }
  }
}

/** One episode of many: which environment it runs in, and how it begins. */
export interface PlannedEpisode extends EpisodeOptions {
  readonly makeEnv: () => RLMEnv;
}

/**
 * Runs planned episodes, `concurrency` at a time, and hands over each record as it ends. The plan is read lazily, so
 * that memory does not grow with its length. The first error of `onEnd` or of an environment stops the rest.
 */
export async function rollout(
  plan: Iterable<PlannedEpisode> | AsyncIterable<PlannedEpisode>,
  options: {
    readonly concurrency: number;
    readonly onEnd: (trajectory: Trajectory) => Promise<void>;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { concurrency, onEnd, signal } = options;
  const queue = new PQueue({ concurrency });
  const failures: unknown[] = [];
  for await (const planned of plan) {
    // Back-pressure: no more episodes are made than can run.
    await queue.onSizeLessThan(1);
    if (failures.length > 0 || signal?.aborted) break;
    void queue.add(async () => {
      const env = planned.makeEnv();
      try {
        await onEnd(await rolloutEpisode(env, { ...planned, ...(signal && { signal }) }));
      } catch (error) {
        failures.push(error);
      } finally {
        await env.close();
      }
    });
  }
  await queue.onIdle();
  signal?.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}
