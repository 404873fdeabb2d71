/** How GraphWalks words an operation and its answer. The phrases of operation and answer are those of its published files. */
import type { Operation } from "./graph.ts";

/** What stands before the graph of a prompt, and nowhere else. */
export const GRAPH_BEGINS = "Here is the graph to operate on:";

const BFS = /Perform a BFS from node (\S+) with depth (\d+)\./;
const PARENTS = /Find the parents of node (\S+?)\.(?:\s|$)/;
/** Deeper walks than any graph of a prompt has. */
const MOST_DEPTH = 1_000_000;

/** The line that asks for an operation. */
export function operationText(operation: Operation): string {
  return operation.type === "bfs"
    ? `Perform a BFS from node ${operation.node} with depth ${operation.depth}.`
    : `Find the parents of node ${operation.node}.`;
}

/** The operation that a text asks for; null if it asks for none. */
export function readOperation(text: string): Operation | null {
  const bfs = BFS.exec(text);
  if (bfs) {
    const depth = Number(bfs[2]);
    return depth >= 1 && depth <= MOST_DEPTH ? { type: "bfs", node: bfs[1]!, depth } : null;
  }
  const node = PARENTS.exec(text)?.[1];
  return node === undefined ? null : { type: "parents", node };
}

/** What an episode's policy is asked; the graph is its context. */
export function questionText(operation: Operation): string {
  const meaning =
    operation.type === "bfs"
      ? `Return the nodes whose shortest path from that node has exactly ${operation.depth} edge(s): neither nearer nodes nor the node itself.`
      : "Return the nodes with an edge that leads to it, but never the node itself.";
  return `The context lists the directed edges of a graph, each on a line of its own as: from -> to. Operation: ${operationText(operation)} ${meaning} End with this line, which names the nodes: ${answerLine(["node", "node"])}. If there is no such node, end with: ${answerLine([])}`;
}

/** The last line of an answer. */
export function answerLine(nodes: readonly string[]): string {
  return `Final Answer: [${nodes.join(", ")}]`;
}
