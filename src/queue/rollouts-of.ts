/** The rollouts of one task: a group per policy, whose members differ in their sampling seeds. */
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import { Random } from "../random.ts";
import type { Problem, Reference, Task } from "../types.ts";

interface PlannedRollout {
  readonly policy: Policy;
  /** Of the policy, in the order given. */
  readonly position: number;
  /** Of the group's members, from 0. */
  readonly repetition: number;
  readonly reset: {
    readonly task: Task;
    readonly reference: Reference;
    readonly seed: number;
    readonly rolloutId: string;
    readonly groupId?: string;
    readonly policy: string;
  };
}

/**
 * Ids and seeds depend only on the arguments. All policies play a repetition with the same seed, so that they can be
 * compared in pairs; a group of several rollouts has one policy, since advantages compare a policy with itself.
 */
export function* rolloutsOf(
  { task, reference }: Problem,
  index: number,
  options: {
    readonly environment: string;
    readonly policies: readonly (Policy | OraclePolicy)[];
    /** The run's. */
    readonly seed: number;
    readonly groupSize: number;
  },
): Generator<PlannedRollout> {
  const { environment, policies, groupSize } = options;
  for (const [position, chosen] of policies.entries()) {
    const policy = "knowing" in chosen ? chosen.knowing(reference) : chosen;
    const { name } = policy;
    for (let repetition = 0; repetition < groupSize; repetition += 1) {
      // A run without groups plays the first repetition.
      const drawn = repetition === 0 ? [] : ["repetition", repetition];
      const seed = Random.of(options.seed, task.id, index, ...drawn).below(2 ** 31);
      const suffix = repetition === 0 ? "" : `#${repetition}`;
      const rolloutId = `${environment}/${task.id}/${name}/${seed}${suffix}`;
      const group = groupSize > 1 ? { groupId: `${environment}/${task.id}/${name}` } : {};
      yield {
        policy,
        position,
        repetition,
        reset: { task, reference, seed, rolloutId, ...group, policy: name },
      };
    }
  }
}
