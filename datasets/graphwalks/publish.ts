/** Writes generated walks as rows in the layout of openai/graphwalks, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { type Edge, listEdges, type Operation, resultOf } from "./graph.ts";
import { expectRoom, type GraphWalksOptions, walkAt } from "./graphwalks.ts";
import { answerLine, GRAPH_BEGINS, operationText } from "./wording.ts";

const EXAMPLE: readonly Edge[] = [
  ["oak", "elm"],
  ["ash", "oak"],
  ["ash", "fir"],
  ["fir", "oak"],
];
const EXAMPLE_OPERATIONS: readonly Operation[] = [
  { type: "bfs", node: "ash", depth: 2 },
  { type: "bfs", node: "elm", depth: 1 },
  { type: "parents", node: "oak" },
  { type: "parents", node: "ash" },
];

/** The first `count` rows: `prompt`, `answer_nodes`, `prompt_chars` and `problem_type`. */
export function* graphWalksRows(options: GraphWalksOptions, count: number): Generator<JsonObject> {
  expectRoom(options);
  for (let index = 0; index < count; index += 1) {
    const { context, operation, result } = walkAt(options, index);
    const prompt = `${heading()}\n\n${GRAPH_BEGINS}\n${context}\n\nOperation:\n${operationText(operation)}`;
    yield {
      prompt,
      answer_nodes: [...result],
      prompt_chars: prompt.length,
      problem_type: operation.type,
    };
  }
}

/** What is asked in general, and an example with its answers. */
function heading(): string {
  const examples = EXAMPLE_OPERATIONS.map((operation, index) =>
    [
      `Example ${index + 1}:`,
      "Operation:",
      operationText(operation),
      answerLine(resultOf(operation, EXAMPLE)),
    ].join("\n"),
  );
  return `Below is a directed graph, given by its edges, and then an operation on it. Carry out the operation, and return the set of nodes that it results in. A breadth-first search (BFS) results in the nodes at exactly the given depth: neither the nodes before it nor the node where it begins. The parents of a node are the nodes with an edge to it, without the node itself. End your reply with a line in the form of the examples.

<begin example>
${listEdges(EXAMPLE)}

${examples.join("\n\n")}
<end example>`;
}
