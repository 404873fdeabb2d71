/** How the simulated model reads graphs: it finds the edges that an operation needs in its prompt, and follows those that it saw. */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { distancesFrom, type Edge, edgesIn, resultOf, writeEdge } from "./graph.ts";
import { answerLine, readOperation } from "./wording.ts";

/** Begins an instruction about a part of a graph, and is followed by nodes; it is answered with the edges that leave them. */
export const LIST_LEAVING = "List every edge that leaves one of these nodes: ";
/** Begins an instruction about a part of a graph, and is followed by a node; it is answered with the edges that lead to it. */
export const LIST_ARRIVING = "List every edge that leads to this node: ";
/** Answers either if there is no such edge. */
export const NO_EDGE = "There is no such edge.";

const LEAVING = new RegExp(`${LIST_LEAVING}([^\\n]*)`);
const ARRIVING = new RegExp(`${LIST_ARRIVING}(\\S+)`);

/** Reads prompts with a list of edges, and either an operation of GraphWalks or one of the two instructions. */
export const graphWalksReader: SliceReader<Edge> = {
  name: "graphwalks",
  read(prompt) {
    const asked = wanted(prompt);
    if (asked === null) return null;
    const edges: Edge[] = [];
    const places: number[] = [];
    for (const { edge, at } of edgesIn(prompt)) {
      edges.push(edge);
      places.push(at);
    }
    const needed = asked.needed(edges);
    const findings = edges.flatMap((edge, index): Finding<Edge>[] =>
      needed(edge) ? [{ position: places[index]! / prompt.length, value: edge }] : [],
    );
    return { findings, answer: asked.answer };
  },
};

interface Asked {
  /** Which of the prompt's edges the answer rests on. */
  readonly needed: (edges: readonly Edge[]) => (edge: Edge) => boolean;
  readonly answer: (edges: readonly Edge[]) => string;
}

function wanted(prompt: string): Asked | null {
  const leaving = LEAVING.exec(prompt)?.[1];
  if (leaving !== undefined) {
    const nodes = new Set(leaving.split(", "));
    return {
      needed:
        () =>
        ([from]) =>
          nodes.has(from),
      answer: listed,
    };
  }
  const arriving = ARRIVING.exec(prompt)?.[1];
  if (arriving !== undefined)
    return {
      needed:
        () =>
        ([, to]) =>
          to === arriving,
      answer: listed,
    };
  const operation = readOperation(prompt);
  if (operation === null) return null;
  const answer = (edges: readonly Edge[]) => answerLine(resultOf(operation, edges));
  if (operation.type === "parents")
    return {
      needed:
        () =>
        ([, to]) =>
          to === operation.node,
      answer,
    };
  return {
    needed: (edges) => {
      const near = distancesFrom(operation.node, edges, operation.depth - 1);
      return ([from]) => near.has(from);
    },
    answer,
  };
}

function listed(edges: readonly Edge[]): string {
  return edges.length === 0 ? NO_EDGE : edges.map(writeEdge).join("\n");
}
