/** Rewards of environments with a world: their score is that of the world's last state, which the record holds. */
import type { World } from "../episode/world/world.ts";
import { WorldError } from "../errors.ts";
import type { Reward, Unrewarded } from "../rewards/reward.ts";
import type { Reference, Scorer } from "../types.ts";

/**
 * The score of an episode's world at its end, by its record alone. Throws `WorldError` for the record of another world, or if the
 * score is not in [0, 1].
 */
export function worldScore(
  world: World,
  { rolloutId, world: recorded, answer }: Pick<Unrewarded, "rolloutId" | "world" | "answer">,
  reference: Reference,
): number {
  if (recorded?.end === undefined) throw new WorldError(`rollout ${rolloutId}: its record holds no world`);
  if (recorded.name !== world.name)
    throw new WorldError(
      `rollout ${rolloutId}: its world is ${recorded.name}, and cannot be restored as ${world.name}`,
    );
  const score = world.score(world.restore(recorded.end), answer?.text ?? null, reference);
  if (score >= 0 && score <= 1) return score;
  throw new WorldError(`world ${world.name}: score: expected a number from 0 to 1, got ${String(score)}`);
}

/** A reward that is made from a scorer, with the world's score in the place of the answer's. An episode without an answer has one, too. */
export function scoredByWorld(world: World, make: (score: Scorer) => Reward): Reward {
  let current = 0;
  const inner = make(() => current);
  const reward = (trajectory: Unrewarded, reference: Reference) => {
    current = worldScore(world, trajectory, reference);
    const { answer } = trajectory;
    return inner(
      answer === null ? { ...trajectory, answer: { text: "", source: "standing" } } : trajectory,
      reference,
    );
  };
  return inner.ofTurn ? Object.assign(reward, { ofTurn: inner.ofTurn }) : reward;
}
