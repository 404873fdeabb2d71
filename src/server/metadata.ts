/** An episode's state for `observation.metadata`, for a protocol that otherwise only has `done`. */
import { shownTask } from "./shown-task.ts";
import type { Info } from "../episode/contract.ts";
import type { JsonObject } from "../types.ts";

/** `reward_terms` has the weighted parts by name, null until there is a reward; `score` is the task's own in [0, 1]. */
export function endingOf({ stopReason, taskId, reward, answer, tokens, dollars }: Info): JsonObject {
  const terms = Object.entries(reward?.terms ?? {}).map(([name, { weighted }]) => [name, weighted] as const);
  return {
    terminated: stopReason === "answered",
    truncated: stopReason !== null && stopReason !== "answered",
    stop_reason: stopReason,
    status: stopReason === "infra_error" ? "infra_error" : "ok",
    task_id: shownTask(taskId),
    final_answer: answer,
    score: reward?.score ?? null,
    reward_terms: reward && Object.fromEntries(terms),
    tokens,
    dollars,
  };
}
