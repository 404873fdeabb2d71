/** Policies that repeat the turns of a record. */
import {
  BudgetError,
  CancelledError,
  ModelError,
  type ModelErrorKind,
  RecordedFault,
  RecordingError,
} from "../errors.ts";
import { standIn } from "../models/model.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { languageOfRecord } from "../record/language-of-record.ts";
import type { Policy } from "../policies/policy.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Action, StopReason } from "../types.ts";

/**
 * Plays the recorded turns, and then ends like the record: by a limit outside the episode, or by a fault of the policy's model. Throws
 * `RecordingError` if the episode continues after the record's last turn. @param onTurn called before each turn, with its index
 */
export function recordedPolicy(
  record: Trajectory,
  onTurn: (turn: number) => void = () => {},
  language: ReplLanguage = languageOfRecord(record),
): Policy {
  const { policyModel } = record;
  const silent = () =>
    Promise.reject(new RecordingError(`the policy of rollout ${record.rolloutId} is recorded`));
  return {
    name: record.policy,
    ...(record.readsGold && { readsGold: record.readsGold }),
    ...(policyModel && { model: standIn(policyModel, silent) }),
    start: () => {
      let next = 0;
      return {
        act: () => {
          onTurn(next);
          next += 1;
          if (next <= record.turns.length) return Promise.resolve(recordedAction(record, next - 1, language));
          return Promise.reject(endOf(record));
        },
      };
    },
  };
}

/** The action of a turn: the policy's completion, or the code or answer that a caller stepped with. */
export function recordedAction(
  record: Trajectory,
  index: number,
  language: ReplLanguage = languageOfRecord(record),
): Action {
  const { completion, callId } = record.turns[index]!;
  const call = callId === null ? undefined : record.calls[callId];
  if (call) {
    const { model, usage, usageSource, attempts, tokens, decision } = call;
    const sampled = { ...(tokens && { tokens }), ...(decision && { decision }) };
    return { ...completion, model, usage, usageSource, attempts, ...sampled };
  }
  const isLast = index === record.turns.length - 1;
  if (isLast && record.answer?.source === "action") return { answer: completion.text };
  const [block] = language.parse(completion, record.dialect, false).blocks;
  if (!block)
    throw new RecordingError(`recording of rollout ${record.rolloutId}: turn ${index} holds no action`);
  return { code: block.code };
}

const LIMITS: { readonly [reason in StopReason]?: BudgetError["limit"] } = {
  max_turns: "turns",
  max_calls: "calls",
  max_tokens: "tokens",
  max_dollars: "dollars",
  max_seconds: "seconds",
};

/** How a policy's model refused the last prompt. */
const REFUSALS: { readonly [reason in StopReason]?: ModelErrorKind } = {
  max_window: "window",
  content_filter: "filtered",
  rejected: "rejected",
};

function endOf({ rolloutId, turns, calls, stopReason, error }: Trajectory): Error {
  const kind = /^policy_(.+)$/.exec(error?.kind ?? "")?.[1];
  if (error && kind !== undefined) {
    const attempts = calls.findLast(({ purpose }) => purpose === "policy")?.attempts ?? 1;
    return new RecordedFault(error.message, { kind: kind as ModelErrorKind, attempts });
  }
  if (stopReason === "cancelled") {
    const last = calls.findLast(({ purpose }) => purpose === "policy");
    return new CancelledError(last !== undefined && last.error !== null && last.turn === turns.length);
  }
  const refusal = REFUSALS[stopReason];
  if (refusal !== undefined) {
    const failed = calls.findLast(({ purpose }) => purpose === "policy");
    const told = failed?.error ?? "the server refused the recorded prompt";
    return new ModelError(told, { kind: refusal, attempts: failed?.attempts ?? 1 });
  }
  // A limit that the replayed episode does not reach was checked outside of it, or by a clock.
  const limit = LIMITS[stopReason];
  if (limit !== undefined) return new BudgetError(limit, "the recorded episode was ended from outside");
  return new RecordingError(
    `recording of rollout ${rolloutId}: it ends after ${turns.length} turn(s), but the episode continues`,
  );
}

/** Plays the recorded turns. If the episode then continues, it ends as if it had used up its turns. */
export function keptPolicy(record: Trajectory, onTurn: (turn: number) => void = () => {}): Policy {
  const recorded = recordedPolicy(record, onTurn);
  return {
    ...recorded,
    start: (start) => {
      const actor = recorded.start(start);
      let taken = 0;
      return {
        act: (turn) => {
          taken += 1;
          const isOver = taken > record.turns.length && record.stopReason === "answered";
          if (!isOver) return actor.act(turn);
          return Promise.reject(new BudgetError("turns", "the recorded turns are over"));
        },
      };
    },
  };
}

/** Gives an empty answer at once, for free. */
export function silentPolicy(): Policy {
  return { name: "ablated", start: () => ({ act: () => Promise.resolve({ answer: "" }) }) };
}
