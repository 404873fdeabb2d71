/** Reads the files of openai/graphwalks: prompts that end with a graph and an operation, and the nodes that it results in. */
import { createHash } from "node:crypto";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import { type Edge, edgesIn, type Operation, resultOf } from "./graph.ts";
import { GRAPH_BEGINS, questionText, readOperation } from "./wording.ts";

/** Which files to read. */
export interface LoadGraphWalksOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
}

const OPERATION_BEGINS = "\nOperation:";

/**
 * The problems in the order of the files. An id is made of the prompt's hash, since rows have none. Where the file's nodes are
 * not those of the graph, as with the 24 published parents that hold the node itself, the file's stand and the reference's
 * `metadata.note` says how they differ. Throws `DataError` with file, row and column.
 */
export function loadGraphWalks({ files, onBadRow }: LoadGraphWalksOptions): Dataset {
  return {
    name: "graphwalks",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const rows = readRows(files, onBadRow ? { onBadRow } : {});
      for await (const { problem } of readEach(rows, onBadRow, readProblem)) yield problem;
    },
  };
}

function readProblem(row: Row): { id: string; problem: Problem } {
  const prompt = textField(row, "prompt");
  const { context, operation } = splitPrompt(row, prompt);
  const answers = nodesField(row);
  const type = textField(row, "problem_type");
  if (type !== operation.type)
    throw new DataError(
      `${row.origin}: expected ${operation.type} in column "problem_type", since the prompt asks for it, got ${JSON.stringify(type.slice(0, 40))}`,
    );
  const edges = Array.from(edgesIn(context), ({ edge }) => edge);
  expectNodes(row, operation, answers, edges);
  const note = noteOn(operation, answers, edges);
  const id = `graphwalks-${createHash("sha256").update(prompt).digest("hex").slice(0, 16)}`;
  const task = {
    id,
    dataset: "graphwalks",
    question: questionText(operation),
    context,
    contextTokens: countTokens(context),
    metadata: {
      problem_type: operation.type,
      depth: operation.type === "bfs" ? operation.depth : 1,
      ...(typeof row.fields.date_added === "string" && { date_added: row.fields.date_added }),
      // Keeps all operations on one graph on the same side of a split.
      contextGroup: createHash("sha256").update(context).digest("hex"),
    },
  };
  return {
    id,
    problem: { task, reference: { taskId: id, answers, metadata: { ...(note !== null && { note }) } } },
  };
}

/** The graph and the operation of a prompt, which follow its examples. */
function splitPrompt(row: Row, prompt: string): { context: string; operation: Operation } {
  const begins = prompt.indexOf(GRAPH_BEGINS);
  const ends = prompt.lastIndexOf(OPERATION_BEGINS);
  if (begins < 0 || ends < begins)
    throw new DataError(
      `${row.origin}: expected ${JSON.stringify(GRAPH_BEGINS)} and then "Operation:" in column "prompt"`,
    );
  const operation = readOperation(prompt.slice(ends));
  if (operation === null)
    throw new DataError(
      `${row.origin}: expected "Perform a BFS from node … with depth …." or "Find the parents of node …." at the end of column "prompt", got ${JSON.stringify(prompt.slice(ends, ends + 80).trim())}`,
    );
  return { context: prompt.slice(begins + GRAPH_BEGINS.length, ends).trim(), operation };
}

/** The gold: a list of names, also written as JSON. The data card calls the column `answer`, the files `answer_nodes`. */
function nodesField(row: Row): string[] {
  const column = row.fields.answer_nodes === undefined ? "answer" : "answer_nodes";
  const given = row.fields[column];
  const nodes = typeof given === "string" ? listIn(given) : given;
  if (Array.isArray(nodes) && nodes.every((node) => typeof node === "string")) return [...new Set(nodes)];
  throw new DataError(`${row.origin}: expected a list of nodes in column "${column}"`);
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function expectNodes(
  row: Row,
  { node }: Operation,
  answers: readonly string[],
  edges: readonly Edge[],
): void {
  const known = new Set(edges.flat());
  const unknown = [node, ...answers].find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new DataError(
      `${row.origin}: the graph in column "prompt" has no node ${JSON.stringify(unknown.slice(0, 40))}, which ${unknown === node ? "the operation" : "the answer"} names`,
    );
}

/** How the file's nodes differ from the graph's; null if they do not. */
function noteOn(operation: Operation, answers: readonly string[], edges: readonly Edge[]): string | null {
  const [given, computed] = [new Set(answers), new Set(resultOf(operation, edges))];
  const extra = answers.filter((node) => !computed.has(node));
  const missing = [...computed].filter((node) => !given.has(node));
  if (extra.length === 0 && missing.length === 0) return null;
  if (missing.length === 0 && extra.length === 1 && extra[0] === operation.node)
    return "the published answer holds the node that is asked about";
  return `the published answer has ${extra.length} node(s) that the graph does not give, and lacks ${missing.length}`;
}
