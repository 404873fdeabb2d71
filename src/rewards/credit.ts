/** Distributes credit over a tree of episodes: to each node for itself and for its children, relative to its siblings. */
import { mean, sum } from "../statistics.ts";
import type { Call, Trajectory } from "../trajectory.ts";

/** A node of an episode's tree: the episode, a child that its code began, or a plain sub-call. */
export interface NodeCredit {
  /** For a plain sub-call, its episode's id with `#` and the call's id. */
  readonly rolloutId: string;
  readonly parentId: string | null;
  readonly depth: number;
  /** Its own success, in [0, 1]. */
  readonly success: number;
  /** Its own success plus `bonus` times the mean of its children's. */
  readonly reward: number;
  /** The reward minus the mean of its siblings' rewards; null for a node without siblings. */
  readonly advantage: number | null;
}

interface Node {
  readonly id: string;
  readonly depth: number;
  readonly success: number;
  readonly below: readonly Node[];
}

/**
 * The credit of an episode and of everything below it, parents first (RAO, arXiv 2605.06639; the baseline leaves out the node
 * itself). A child's success is its score if it was scored, otherwise whether it reached an answer; a plain sub-call's (with
 * `subCalls`) is whether it was answered. Infrastructure faults get no credit and do not affect others.
 */
export function treeCredit(
  root: Trajectory,
  bonus: number,
  success: (node: Trajectory) => number = successOf,
  { subCalls = false }: { readonly subCalls?: boolean } = {},
): NodeCredit[] {
  if (root.status !== "ok") return [];
  const nodeOf = (episode: Trajectory): Node => ({
    id: episode.rolloutId,
    depth: episode.depth,
    success: success(episode),
    below: [
      ...episode.children.filter(({ status }) => status === "ok").map(nodeOf),
      ...(subCalls ? episode.calls.flatMap((call) => callNode(episode, call)) : []),
    ],
  });
  return credited(nodeOf(root), bonus, null, []);
}

function credited(
  node: Node,
  bonus: number,
  parentId: string | null,
  siblings: readonly number[],
): NodeCredit[] {
  const { id, depth, success, below } = node;
  const reward = rewardOf(node, bonus);
  const rewards = below.map((child) => rewardOf(child, bonus));
  const total = sum(rewards);
  const own = { rolloutId: id, parentId, depth, success, reward };
  return [
    { ...own, advantage: siblings.length === 0 ? null : reward - mean(siblings) },
    ...below.flatMap((child, index) => {
      const others = rewards.length - 1;
      return credited(child, bonus, id, others === 0 ? [] : [(total - rewards[index]!) / others]);
    }),
  ];
}

function rewardOf({ success, below }: Node, bonus: number): number {
  return success + (below.length === 0 ? 0 : bonus * mean(below.map((child) => child.success)));
}

/** An answered call succeeded; a call that the budget or a fault refused did not. */
function callNode({ rolloutId }: Trajectory, call: Call): Node[] {
  if (call.purpose !== "llm_query" && call.purpose !== "rlm_query") return [];
  const success = call.error === null && (call.reply ?? "").trim() !== "" ? 1 : 0;
  return [{ id: `${rolloutId}#${call.id}`, depth: call.depth, success, below: [] }];
}

/** A child's score if it was scored; otherwise whether it reached an answer of its own. */
export function successOf(child: Trajectory): number {
  if (child.reward !== null) return child.reward.score;
  return child.status === "ok" && child.stopReason === "answered" && child.answer?.text !== "" ? 1 : 0;
}
