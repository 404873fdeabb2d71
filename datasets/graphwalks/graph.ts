/** Directed graphs as lists of edges, and the two operations that GraphWalks asks for. */

/** From one node to another, each by its name. */
export type Edge = readonly [from: string, to: string];

/** What is asked of a graph: the nodes at a distance from a node, or those with an edge to it. */
export type Operation =
  | { readonly type: "bfs"; readonly node: string; readonly depth: number }
  | { readonly type: "parents"; readonly node: string };

/** The heading of a list of edges in a prompt. */
export const EDGES_HEADING = "The graph has the following edges:";

const ARROW = " -> ";
const NAME = /^[^\s,[\]]+$/;

/**
 * The edges that stand in a text, each on a line of its own as `a -> b`, with their offsets in characters. Lines are found by
 * plain searches, which take a third of a pattern's time.
 */
export function* edgesIn(text: string): Generator<{ edge: Edge; at: number }> {
  for (let start = 0; start < text.length;) {
    const arrow = text.indexOf(ARROW, start);
    if (arrow < 0) return;
    const at = Math.max(start, text.lastIndexOf("\n", arrow) + 1);
    const lineEnd = text.indexOf("\n", arrow);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const [from, to] = [text.slice(at, arrow), text.slice(arrow + ARROW.length, end).trimEnd()];
    if (NAME.test(from) && NAME.test(to)) yield { edge: [from, to], at };
    start = end + 1;
  }
}

/** The edges as GraphWalks lists them. */
export function listEdges(edges: Iterable<Edge>): string {
  return [EDGES_HEADING, ...Array.from(edges, writeEdge)].join("\n");
}

/** One line of the list. */
export function writeEdge([from, to]: Edge): string {
  return `${from} -> ${to}`;
}

/** The nodes that an operation results in, in the order in which the edges lead to them. The node itself is never among them. */
export function resultOf(operation: Operation, edges: readonly Edge[]): string[] {
  const { node } = operation;
  if (operation.type === "bfs") {
    const distances = distancesFrom(node, edges, operation.depth);
    return [...distances].flatMap(([to, distance]) => (distance === operation.depth ? [to] : []));
  }
  const parents = edges.flatMap(([from, to]) => (to === node && from !== node ? [from] : []));
  return [...new Set(parents)];
}

/** How many edges the shortest path to a node has, for each node up to a depth, the nearest first. */
export function distancesFrom(node: string, edges: Iterable<Edge>, depth: number): Map<string, number> {
  const targets = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const known = targets.get(from);
    if (known) known.push(to);
    else targets.set(from, [to]);
  }
  const distances = new Map([[node, 0]]);
  // A map is iterated in the order of insertion, and what is inserted meanwhile comes too: it is the search's own queue.
  for (const [from, distance] of distances) {
    if (distance === depth) break;
    for (const to of targets.get(from) ?? []) if (!distances.has(to)) distances.set(to, distance + 1);
  }
  return distances;
}
