/** Credit down a tree of episodes: each node for itself and for its children, against its siblings. */
import type { Trajectory } from "../trajectory.ts";
import { successOf } from "./measures.ts";

/** A node of an episode's tree. */
export interface NodeCredit {
  readonly rolloutId: string;
  readonly parentId: string | null;
  readonly depth: number;
  /** Its own success, in [0, 1]. */
  readonly success: number;
  /** Its own success and `bonus` times the mean of its children's. */
  readonly reward: number;
  /** The reward less the mean of its siblings'; null for a node without siblings. */
  readonly advantage: number | null;
}

/**
 * The credit of an episode and of every child below it, parents first (RAO, arXiv 2605.06639). A child's success is its score
 * where it was scored, else whether it came to an answer; faults of the machinery get no credit and weigh on nobody.
 */
export function treeCredit(
  root: Trajectory,
  bonus: number,
  success: (node: Trajectory) => number = successOf,
): NodeCredit[] {
  const rewardOf = (node: Trajectory) => {
    const below = usable(node.children).map(success);
    return success(node) + (below.length === 0 ? 0 : bonus * mean(below));
  };
  const visit = (node: Trajectory, parentId: string | null, siblings: readonly number[]): NodeCredit[] => {
    const reward = rewardOf(node);
    const children = usable(node.children);
    const rewards = children.map(rewardOf);
    return [
      {
        rolloutId: node.rolloutId,
        parentId,
        depth: node.depth,
        success: success(node),
        reward,
        advantage: siblings.length === 0 ? null : reward - mean(siblings),
      },
      ...children.flatMap((child, index) =>
        visit(
          child,
          node.rolloutId,
          rewards.filter((_, other) => other !== index),
        ),
      ),
    ];
  };
  return root.status === "ok" ? visit(root, null, []) : [];
}

function usable(children: readonly Trajectory[]): readonly Trajectory[] {
  return children.filter(({ status }) => status === "ok");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
