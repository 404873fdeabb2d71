/** GraphWalks made here: random graphs, each with one operation, in the form of openai/graphwalks. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { drawGraph, drawOperation, type GraphOptions } from "./draw.ts";
import { listEdges, type Operation } from "./graph.ts";
import { questionText } from "./wording.ts";

/** What graphs to make, and what to ask of them. */
export interface GraphWalksOptions extends GraphOptions {
  /** What is asked; with both, searches and parents take turns. */
  readonly operation: Operation["type"] | "both";
  readonly seed: number;
}

/** A drawn task: its graph as text, its operation and the nodes that the operation results in. */
export interface DrawnWalk {
  readonly context: string;
  readonly contextTokens: number;
  readonly operation: Operation;
  readonly result: readonly string[];
}

/** An endless dataset; the task at an index depends on the options and the index only. Throws `UsageError` for options that leave no room for an edge. */
export function graphWalks(options: GraphWalksOptions): Dataset {
  expectRoom(options);
  return generated("graphwalks", (index) => problem(options, index));
}

/** The walk at an index. */
export function walkAt(options: GraphWalksOptions, index: number): DrawnWalk {
  const { length, degree, nodes, depth, operation, seed } = options;
  const type = operation === "both" ? (index % 2 === 0 ? "bfs" : "parents") : operation;
  const random = Random.of(seed, length, degree, nodes ?? "any", index, "graph");
  const graph = drawGraph(options, random);
  const asked = drawOperation(type, graph, depth, Random.of(seed, type, depth, index, "operation"));
  return { context: listEdges(graph.edges), contextTokens: graph.tokens, ...asked };
}

/** Throws `UsageError` unless a graph of these options has an edge. */
export function expectRoom(options: GraphWalksOptions): void {
  if (drawGraph({ ...options, length: Math.min(options.length, 200) }, new Random(0)).edges.length === 0)
    throw new UsageError(
      `graphwalks: length ${options.length} leaves no room for an edge; expected 100 or more`,
    );
}

function problem(options: GraphWalksOptions, index: number): Problem {
  const { context, contextTokens, operation, result } = walkAt(options, index);
  const { length, degree, nodes, seed } = options;
  const id = ["graphwalks", operation.type, length, degree, nodes, options.depth, seed, index]
    .filter((part) => part !== undefined)
    .join("-");
  return {
    task: {
      id,
      dataset: "graphwalks",
      question: questionText(operation),
      context,
      contextTokens,
      metadata: { problem_type: operation.type, depth: operation.type === "bfs" ? operation.depth : 1 },
    },
    reference: { taskId: id, answers: [...result], metadata: {} },
  };
}
