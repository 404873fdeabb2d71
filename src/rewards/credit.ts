/** Credit down a tree of episodes: each node for itself and for its children, against its siblings. */
import { mean, sum } from "../statistics.ts";
import type { Call, Trajectory } from "../trajectory.ts";

/** A node of an episode's tree: the episode, a child that its code began, or a plain sub-call. */
export interface NodeCredit {
  /** A plain sub-call has its episode's with `#` and the call's id. */
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

interface Node {
  readonly id: string;
  readonly depth: number;
  readonly success: number;
  readonly below: readonly Node[];
}

/**
 * The credit of an episode and of everything below it, parents first (RAO, arXiv 2605.06639; the baseline leaves the node itself
 * out). A child's success is its score where it was scored, else whether it came to an answer; a plain sub-call's, with
 * `subCalls`, whether it was answered. Faults of the machinery get no credit and weigh on nobody.
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

/** An answered call succeeded; one that the budget or a fault refused did not. */
function callNode({ rolloutId }: Trajectory, call: Call): Node[] {
  if (call.purpose !== "llm_query" && call.purpose !== "rlm_query") return [];
  const success = call.error === null && (call.reply ?? "").trim() !== "" ? 1 : 0;
  return [{ id: `${rolloutId}#${call.id}`, depth: call.depth, success, below: [] }];
}

/** A child's score where it was scored; else whether it came to an answer of its own. */
export function successOf(child: Trajectory): number {
  if (child.reward !== null) return child.reward.score;
  return child.status === "ok" && child.stopReason === "answered" && child.answer?.text !== "" ? 1 : 0;
}
