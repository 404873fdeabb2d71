/** Applies a spec: as the reward of an environment, and to saved records. */
import { DataError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Reference, Scorer } from "../types.ts";
import { composedReward } from "./compose.ts";
import { treeCredit } from "./credit.ts";
import { type Measures, measuresOf } from "./measures.ts";
import type { EpisodeSoFar, Potential } from "./potential.ts";
import type { Reward, Unrewarded } from "./reward.ts";
import { lastStepReward, stepRewards, stepsOf } from "./shaping.ts";
import { parseSpec, type RewardSpec, type RewardSpecInput } from "./spec.ts";

/**
 * The reward that `step` returns: the score with every term that needs no group, and what potentials give to each turn. Group
 * terms and advantages come after the rollout, from the saved records. Throws `UsageError` for an invalid spec.
 */
export function specReward(
  given: RewardSpecInput,
  score: Scorer,
  official: Scorer = score,
  progress?: Potential,
): Reward {
  const spec = parseSpec(given);
  const scorer = { environment: score, official, contains }[spec.score];
  const steps = stepsOf(spec, progress);
  const reward = (trajectory: Unrewarded, reference: Reference) => {
    const { answer } = trajectory;
    const own = answer === null ? 0 : scorer(answer.text, reference);
    const custom = customValues(spec, trajectory, reference);
    const measures = measuresOf(trajectory, { score: own, rightFrom: spec.rightFrom, custom });
    const earned = stepRewards(spec, steps, trajectory, reference);
    return composedReward(spec, earned ? { ...measures, steps: earned } : measures, null);
  };
  if (steps.length === 0) return reward;
  const ofTurn = (state: EpisodeSoFar, reference: Reference) => lastStepReward(spec, steps, state, reference);
  return Object.assign(reward, { ofTurn });
}

/** The figures of a saved episode under a spec; not usable if it has no score. @param progress its benchmark's. Throws `DataError`. */
export function savedMeasures(
  spec: RewardSpec,
  trajectory: Trajectory,
  reference: Reference | undefined,
  progress?: Potential,
): Measures {
  const score = savedScore(spec, trajectory, reference);
  const isScored = score !== null && trajectory.status === "ok";
  const custom = isScored ? customValues(spec, trajectory, reference) : {};
  const measures = measuresOf(trajectory, { score: score ?? 0, rightFrom: spec.rightFrom, custom });
  if (spec.unknownUsage === "refuse" && measures.unknownUsage > 0) {
    throw new DataError(
      `rollout ${trajectory.rolloutId}: nobody reported the usage of ${measures.unknownUsage} call(s), which the spec refuses`,
    );
  }
  if (!isScored) return { ...measures, usable: false };
  const { credit } = spec;
  const steps = stepRewards(spec, stepsOf(spec, progress), trajectory, reference);
  return {
    ...measures,
    ...(steps && { steps }),
    ...(credit && { nodes: treeCredit(trajectory, credit.bonus, undefined, credit) }),
  };
}

/** Whether the answer contains any gold word for word: easily gamed by an answer that lists everything. */
export function contains(answer: string, { answers }: Reference): number {
  return answers.some((gold) => gold !== "" && answer.includes(gold)) ? 1 : 0;
}

/** Scores are only recomputed for `contains`: those in the record may depend on a judge. */
function savedScore(
  spec: RewardSpec,
  { reward, answer, rolloutId, status }: Trajectory,
  reference: Reference | undefined,
): number | null {
  if (spec.score === "contains" && status === "ok") {
    if (!reference) throw new DataError(`rollout ${rolloutId}: its gold is not in references.jsonl`);
    return answer === null ? 0 : contains(answer.text, reference);
  }
  if (reward === null) return null;
  const score = spec.score === "official" ? (reward.terms?.official?.raw ?? reward.score) : reward.score;
  if (Number.isFinite(score)) return score;
  throw new DataError(`rollout ${rolloutId}: reward.score: expected a number, got ${String(score)}`);
}

function customValues(
  spec: RewardSpec,
  trajectory: Unrewarded,
  reference: Reference | undefined,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, term] of Object.entries(spec.terms)) {
    if (term.type !== "custom") continue;
    if (!term.run) throw new UsageError(`terms.${name}: its file ${term.file ?? ""} was not loaded`);
    if (!reference)
      throw new DataError(`rollout ${trajectory.rolloutId}: term ${name} needs gold, and there is none`);
    values[name] = valueOf(() => term.run!(trajectory, reference), name, trajectory.rolloutId);
  }
  return values;
}

function valueOf(run: () => unknown, name: string, rolloutId: string): number {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    throw new DataError(`rollout ${rolloutId}: term ${name} threw: ${String(error)}`, { cause: error });
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new DataError(
    `rollout ${rolloutId}: term ${name}: expected a number from the function, got ${String(value)}`,
  );
}
