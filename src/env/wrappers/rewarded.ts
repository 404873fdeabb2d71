/** A wrapper that replaces an environment's reward by that of a spec. */
import { UsageError } from "../../errors.ts";
import { composedReward } from "../../rewards/compose.ts";
import { savedMeasures } from "../../rewards/from-spec.ts";
import { stepsOf } from "../../rewards/shaping.ts";
import { parseSpec, type RewardSpec, type RewardSpecInput } from "../../rewards/spec.ts";
import type { Trajectory } from "../../trajectory.ts";
import { EndWrapper, type Subject } from "./end-wrapper.ts";
import type { Env } from "../../episode/contract.ts";

/**
 * Rewards the record of an ended episode, as the verb `reward` does for a saved one. The score is the environment's, and terms
 * that need a group are left out. Throws `UsageError` for an invalid spec, and for one with potentials: they reward each turn
 * while the episode runs, so pass such a spec to `make`.
 */
export class Rewarded extends EndWrapper {
  readonly #spec: RewardSpec;

  constructor(env: Env, spec: RewardSpecInput) {
    super(env);
    this.#spec = parseSpec(spec);
    if (stepsOf(this.#spec, undefined).length > 0)
      throw new UsageError("reward spec: potentials reward each turn; give the spec to make({ reward })");
  }

  protected override async atEnd(
    trajectory: Trajectory,
    subject: () => Promise<Subject>,
  ): Promise<Trajectory> {
    if (trajectory.reward === null) return trajectory;
    const { reference } = await subject();
    const reward = composedReward(
      this.#spec,
      savedMeasures(this.#spec, trajectory, reference ?? undefined),
      null,
    );
    const last = trajectory.turns.length - 1;
    const turns = trajectory.turns.map((turn, index) => ({
      ...turn,
      reward: index === last ? reward.total : 0,
    }));
    return { ...trajectory, turns, reward };
  }
}
