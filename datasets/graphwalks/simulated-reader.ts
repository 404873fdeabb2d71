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

/** A model's patience: an answer rests on a few hundred edges, and no reply is endless. */
const MOST_FINDINGS = 20_000;

const LEAVING = new RegExp(`${LIST_LEAVING}([^\\n]*)`);
const ARRIVING = new RegExp(`${LIST_ARRIVING}(\\S+)`);

/**
 * Reads prompts with a list of edges, and either an operation of GraphWalks or one of the two instructions. What it finds are
 * lines of the list; the edges of a long prompt are never held all at once.
 */
export const graphWalksReader: SliceReader<string> = {
  name: "graphwalks",
  read(prompt) {
    const asked = wanted(prompt);
    if (asked === null) return null;
    const findings: Finding<string>[] = [];
    for (const { edge, at } of edgesIn(prompt)) {
      if (!asked.needs(edge)) continue;
      findings.push({ position: at / prompt.length, value: writeEdge(edge) });
      if (findings.length === MOST_FINDINGS) break;
    }
    return { findings, answer: asked.answer };
  },
};

interface Asked {
  /** Whether the answer rests on an edge of the prompt. */
  readonly needs: (edge: Edge) => boolean;
  /** @param lines the edges that were seen, one a line */
  readonly answer: (lines: readonly string[]) => string;
}

function wanted(prompt: string): Asked | null {
  const leaving = LEAVING.exec(prompt)?.[1];
  if (leaving !== undefined) {
    const nodes = new Set(leaving.split(", "));
    return { needs: ([from]) => nodes.has(from), answer: listed };
  }
  const arriving = ARRIVING.exec(prompt)?.[1];
  if (arriving !== undefined) return { needs: ([, to]) => to === arriving, answer: listed };
  const operation = readOperation(prompt);
  if (operation === null) return null;
  const answer = (lines: readonly string[]) =>
    answerLine(resultOf(operation, [...edgesOf(lines.join("\n"))]));
  if (operation.type === "parents") return { needs: ([, to]) => to === operation.node, answer };
  const near = distancesFrom(operation.node, edgesOf(prompt), operation.depth - 1);
  return { needs: ([from]) => near.has(from), answer };
}

function* edgesOf(text: string): Generator<Edge> {
  for (const { edge } of edgesIn(text)) yield edge;
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? NO_EDGE : lines.join("\n");
}
