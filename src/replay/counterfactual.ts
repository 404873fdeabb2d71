/** Counterfactual credit: what an episode would have earned if one of its sub-calls had replied nothing. */
import { RLMEnv } from "../env/env.ts";
import { RecordingError } from "../errors.ts";
import { standIn, type Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Reward } from "../rewards/reward.ts";
import { rolloutEpisode } from "../episode/rollout.ts";
import type { Call, RewardRecord, Trajectory } from "../trajectory.ts";
import { expectSums } from "../cost/totals.ts";
import type { Completion, Context, Reference } from "../types.ts";
import { keptPolicy, silentPolicy } from "./recorded-policy.ts";
import { optionsOfRecord, playedRecording, replayEpisode, taskOfRecord } from "./replay.ts";
import { episodesOf } from "./recording-of-record.ts";

/** What one reply was worth: the figures of the episode as it was, minus those without the reply. */
export interface ReplyCredit {
  /** The episode that asked; if a whole child is ablated, the child, and `callId` is null. */
  readonly rolloutId: string;
  readonly callId: number | null;
  readonly depth: number;
  readonly turn: number;
  /** The reward's total, and the raw score. */
  readonly reward: number;
  readonly score: number;
  /** What the reply cost, together with everything that only it led to; null if a price is unknown. */
  readonly nanoDollars: number | null;
  readonly tokens: number;
  /** The number of calls that are not in the recording, because they followed from the missing reply. */
  readonly unrecorded: number;
}

/** What each reply of an episode was worth: the reward with it, minus the reward without it. */
export interface CounterfactualCredit {
  readonly rolloutId: string;
  readonly groupId: string;
  /** The reward of the replay in which nothing is ablated. */
  readonly reward: RewardRecord;
  readonly credits: readonly ReplyCredit[];
}

/** How to replay an episode without one of its replies. */
export interface CounterfactualOptions {
  readonly context: Context;
  readonly reference: Reference;
  readonly reward: Reward;
  readonly repls: ReplPool;
  /** The model that answers calls which are not in the recording. Without it, their replies are empty and cost nothing. */
  readonly unrecorded?: (model: string) => Model | undefined;
  readonly signal?: AbortSignal;
}

interface Target {
  readonly episode: Trajectory;
  /** Null: the whole child. */
  readonly call: Call | null;
}

const NOTHING = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

/**
 * Replays the episode once for each answered sub-call and each child of its tree. That reply is then empty and costs nothing; all
 * turns and all other replies are as recorded. Asks no model except `unrecorded`. Throws `RecordingError` if the replay of the
 * unchanged record differs from it, or if without the reply the calls of host tools differ.
 */
export async function counterfactualCredit(
  record: Trajectory,
  options: CounterfactualOptions,
): Promise<CounterfactualCredit> {
  const { repls, context, signal } = options;
  const again = await replayEpisode(record, context, { repls, ...(signal && { signal }) });
  if (again.trajectory === null || again.difference !== null)
    throw new RecordingError(
      `rollout ${record.rolloutId}: its replay differs from the record; the verb replay shows where`,
    );
  const whole = options.reward(again.trajectory, options.reference);
  const credits: ReplyCredit[] = [];
  for (const target of targetsOf(record)) {
    const { trajectory, unrecorded } = await without(record, target, options);
    const { reward, totals } = trajectory;
    if (reward === null)
      throw new RecordingError(
        `rollout ${record.rolloutId} without ${nameOf(target)}: ${trajectory.error?.message ?? "it has no reward"}`,
      );
    credits.push({
      rolloutId: target.episode.rolloutId,
      callId: target.call?.id ?? null,
      depth: target.call?.depth ?? target.episode.depth,
      turn: target.call?.turn ?? target.episode.parent?.turn ?? 0,
      reward: whole.total - reward.total,
      score: whole.score - reward.score,
      nanoDollars: difference(record.totals.nanoDollars, totals.nanoDollars),
      tokens: tokensOf(record) - tokensOf(trajectory),
      unrecorded,
    });
  }
  return { rolloutId: record.rolloutId, groupId: record.groupId, reward: whole, credits };
}

/** In the order of the tree: an episode's calls, then each child and the targets below it. */
function targetsOf(episode: Trajectory): Target[] {
  const asked = episode.calls.filter(
    ({ purpose, reply }) => (purpose === "llm_query" || purpose === "rlm_query") && reply !== null,
  );
  return [
    ...asked.map((call) => ({ episode, call })),
    ...episode.children.flatMap((child) => [{ episode: child, call: null }, ...targetsOf(child)]),
  ];
}

async function without(record: Trajectory, target: Target, options: CounterfactualOptions) {
  const { context, reference, reward, repls, signal } = options;
  const ablated = target.call ? withoutReply(record, target.episode.rolloutId, target.call.id) : record;
  const recording = playedRecording(ablated);
  const episodes = new Map(episodesOf(ablated).map((episode) => [episode.rolloutId, episode]));
  let unrecorded = 0;
  const answered = (model: Model): Model =>
    standIn(model, async (request, call) => {
      try {
        return await model.complete(request, call);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        unrecorded += 1;
        return options.unrecorded?.(model.name)?.complete(request, call) ?? nothingFrom(model.name);
      }
    });
  const subModels = (recording.options.subModels ?? []).map(answered);
  const onTurn = (turn: number) => {
    recording.onTurn(turn);
    subModels.splice(0, subModels.length, ...(recording.options.subModels ?? []).map(answered));
  };
  const childPolicy = (_: Model, { rolloutId }: { readonly rolloutId: string }): Policy => {
    const child = episodes.get(rolloutId);
    if (!child) unrecorded += 1;
    const isGone = !child || (target.call === null && rolloutId === target.episode.rolloutId);
    return isGone ? silentPolicy() : keptPolicy(child);
  };
  const parts = { ...optionsOfRecord(ablated, repls), ...recording.options, subModels, childPolicy, reward };
  const env = new RLMEnv(parts);
  try {
    const { rolloutId, groupId, seed } = record;
    const trajectory = await rolloutEpisode(env, {
      policy: keptPolicy(ablated, onTurn),
      reset: { task: taskOfRecord(record, context), reference, seed, rolloutId, groupId },
      ...(signal && { signal }),
    });
    expectSums(trajectory);
    return { trajectory, unrecorded };
  } finally {
    await env.close();
  }
}

/** The record, except that one call replied nothing and cost nothing. */
function withoutReply(record: Trajectory, rolloutId: string, callId: number): Trajectory {
  const children = record.children.map((child) => withoutReply(child, rolloutId, callId));
  if (record.rolloutId !== rolloutId) return { ...record, children };
  const calls = record.calls.map((call) =>
    call.id === callId ? { ...call, reply: "", usage: NOTHING, nanoDollars: 0 } : call,
  );
  return { ...record, calls, children };
}

function nothingFrom(model: string): Completion {
  const facts = { toolCalls: [], finishReason: "stop", usageSource: "counted", attempts: 1 } as const;
  return { text: "", model, usage: NOTHING, ...facts };
}

function nameOf({ episode, call }: Target): string {
  return call === null ? `child ${episode.rolloutId}` : `call ${call.id} of ${episode.rolloutId}`;
}

function tokensOf({ totals }: Trajectory): number {
  return totals.promptTokens + totals.completionTokens;
}

function difference(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one - other;
}
