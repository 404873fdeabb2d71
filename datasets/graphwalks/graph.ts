/** Directed graphs as lists of edges, and the two operations that GraphWalks asks for. */

/** From one node to another, each by its name. */
export type Edge = readonly [from: string, to: string];

/** What is asked of a graph: the nodes at a distance from a node, or those with an edge to it. */
export type Operation =
  | { readonly type: "bfs"; readonly node: string; readonly depth: number }
  | { readonly type: "parents"; readonly node: string };

/** The heading of a list of edges in a prompt. */
export const EDGES_HEADING = "The graph has the following edges:";

/** An edge on a line of its own. */
const EDGE = /^([^\s,[\]]+) -> ([^\s,[\]]+)[ \t\r]*$/gm;

/** The edges that stand in a text, each on a line of its own as `a -> b`, with their offsets in characters. */
export function* edgesIn(text: string): Generator<{ edge: Edge; at: number }> {
  for (const { 1: from = "", 2: to = "", index } of text.matchAll(EDGE))
    yield { edge: [from, to], at: index };
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
