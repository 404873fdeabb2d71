import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type Edge, edgesIn, listEdges, resultOf } from "../../../datasets/graphwalks/graph.ts";
import { graphWalks, type GraphWalksOptions } from "../../../datasets/graphwalks/graphwalks.ts";
import { loadGraphWalks } from "../../../datasets/graphwalks/load.ts";
import { graphWalksRows } from "../../../datasets/graphwalks/publish.ts";
import { lenientF1, nodesF1, trainingScore } from "../../../datasets/graphwalks/scorer.ts";
import {
  answerLine,
  operationText,
  questionText,
  readOperation,
} from "../../../datasets/graphwalks/wording.ts";
import { problemAt, take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import type { JsonObject, Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { scorerCases } from "./scorer-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-graphwalks-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS: GraphWalksOptions = { length: 2000, degree: 3, depth: 2, operation: "both", seed: 7 };
const gold = ({ answers }: Reference) => answerLine(answers);
const reference = (answers: readonly string[]): Reference => ({
  taskId: "t",
  answers: [...answers],
  metadata: {},
});

function fileOf(name: string, rows: Iterable<JsonObject>): string {
  const file = join(folder, name);
  writeFileSync(file, Array.from(rows, (row) => JSON.stringify(row)).join("\n"));
  return file;
}

const [row, other] = [...graphWalksRows(OPTIONS, 2)] as [JsonObject, JsonObject];

async function loaded(file: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadGraphWalks({ files: [file] })) problems.push(problem);
  return problems;
}

describe("GraphWalks made here", () => {
  datasetContract({
    open: () => graphWalks(OPTIONS),
    scorers: [nodesF1, trainingScore],
    gold,
    length: { tokens: 2000, filled: 0.95 },
  });

  it("asks for searches and parents in turn, or for one of them", async () => {
    const types = async (operation: GraphWalksOptions["operation"]) => {
      const problems = [];
      for await (const { task } of take(graphWalks({ ...OPTIONS, operation }), 4))
        problems.push(task.metadata.problem_type);
      return problems;
    };
    expect(await types("both")).toEqual(["bfs", "parents", "bfs", "parents"]);
    expect(await types("bfs")).toEqual(["bfs", "bfs", "bfs", "bfs"]);
  });

  it("has the gold that a search by hand gives", async () => {
    for await (const {
      task,
      reference: { answers },
    } of take(graphWalks({ ...OPTIONS, degree: 2 }), 10)) {
      const edges = Array.from(edgesIn(task.context as string), ({ edge }) => edge);
      expect(new Set(answers)).toEqual(byHand(task.question, edges));
    }
  });

  it("has nodes of ten hexadecimal digits, and as many as asked for at most", async () => {
    const { task } = await problemAt(graphWalks({ ...OPTIONS, nodes: 30 }), 0);
    const edges = Array.from(edgesIn(task.context as string), ({ edge }) => edge);
    const nodes = new Set(edges.flat());
    expect(nodes.size).toBeLessThanOrEqual(30);
    for (const node of nodes) expect(node).toMatch(/^[0-9a-f]{10}$/);
    expect(new Set(edges.map(String)).size).toBe(edges.length);
  });

  it("refuses a length without room for an edge", () => {
    expect(() => graphWalks({ ...OPTIONS, length: 10 })).toThrow(UsageError);
  });
});

describe("GraphWalks' files", () => {
  datasetContract({
    open: () => loadGraphWalks({ files: [fileOf("made.jsonl", graphWalksRows(OPTIONS, 6))] }),
    scorers: [nodesF1, trainingScore],
    gold,
  });

  it("hold the tasks that were written", async () => {
    const made: Problem[] = [];
    for await (const problem of take(graphWalks(OPTIONS), 6)) made.push(problem);
    const essence = ({ task, reference: { answers } }: Problem) => [
      task.question,
      task.context,
      task.metadata.problem_type,
      answers,
    ];
    expect((await loaded(fileOf("same.jsonl", graphWalksRows(OPTIONS, 6)))).map(essence)).toEqual(
      made.map(essence),
    );
  });

  it("are read from parquet as pyarrow 26 writes it, with a list of nodes and the column date_added", async () => {
    const options: GraphWalksOptions = { length: 300, degree: 2, depth: 1, operation: "both", seed: 42 };
    const problems = await loaded(fileURLToPath(new URL("by-pyarrow.parquet", import.meta.url)));
    const made = [await problemAt(graphWalks(options), 0), await problemAt(graphWalks(options), 1)];
    expect(problems.map(({ reference: { answers } }) => answers)).toEqual(
      made.map(({ reference: { answers } }) => answers),
    );
    expect(problems.map(({ task }) => task.metadata.date_added)).toEqual(["04-12-2025", "04-12-2025"]);
  });

  it("keep a published answer that holds the node itself, and say so", async () => {
    const node = readOperation((other.prompt as string).slice(-60))!.node;
    const file = fileOf("root.jsonl", [
      { ...other, answer_nodes: [...(other.answer_nodes as string[]), node] },
    ]);
    const [problem] = await loaded(file);
    expect(problem!.reference.answers).toContain(node);
    expect(problem!.reference.metadata.note).toBe("the published answer holds the node that is asked about");
  });

  it("also name the answer as the data card does", async () => {
    const { answer_nodes: answer, ...rest } = row;
    expect(
      (await loaded(fileOf("card.jsonl", [{ ...rest, answer: answer! }])))[0]!.reference.answers,
    ).toEqual(answer);
  });

  it.each<[string, JsonObject, RegExp]>([
    ["no prompt", { prompt: null }, /line 1: expected text in column "prompt"/],
    [
      "a prompt without a graph",
      { prompt: "Operation:\nFind the parents of node a." },
      /"Here is the graph to operate on:"/,
    ],
    [
      "a prompt that was cut",
      { prompt: (row.prompt as string).slice(0, -8) },
      /expected "Perform a BFS from node … with depth …\."/,
    ],
    [
      "an operation on an unknown node",
      {
        prompt: (row.prompt as string).replace(
          /from node \S+ with depth 2\.$/,
          "from node zzz with depth 2.",
        ),
      },
      /no node "zzz", which the operation names/,
    ],
    ["an unknown node in the answer", { answer_nodes: ["zzz"] }, /no node "zzz", which the answer names/],
    ["an answer of another type", { answer_nodes: 7 }, /expected a list of nodes in column "answer_nodes"/],
    [
      "another type of problem",
      { problem_type: "parents" },
      /expected bfs in column "problem_type".*got "parents"/,
    ],
  ])("with %s are refused by file, line and column", async (_, changed, message) => {
    const error = await loaded(fileOf("bad.jsonl", [{ ...row, ...changed }])).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
  });

  it("may not ask the same twice", async () => {
    await expect(loaded(fileOf("twice.jsonl", [row, row]))).rejects.toThrow(/line 2: the id .* occurs twice/);
  });
});

describe("the score of GraphWalks", () => {
  it("is that of NeMo Gym's own code for answers in every form", () => {
    const vectors = JSON.parse(readFileSync(new URL("nemo-gym-scores.json", import.meta.url), "utf8")) as {
      seed: number;
      scores: number[];
    };
    for (const [index, { answer, gold: nodes }] of scorerCases(vectors.scores.length, vectors.seed).entries())
      expect(nodesF1(answer, reference(nodes)), JSON.stringify({ answer, nodes })).toBeCloseTo(
        vectors.scores[index]!,
        12,
      );
  });

  it("for training is 0 where an answer hands over more than the gold can need", () => {
    const long = `${"a, ".repeat(1000)}\n${answerLine(["1679091c5a"])}`;
    expect(nodesF1(long, reference(["1679091c5a"]))).toBe(1);
    expect(trainingScore(long, reference(["1679091c5a"]))).toBe(0);
  });

  it("is lenient about the label and about quotes, if asked to be", () => {
    expect(lenientF1("['1679091c5a', \"a87ff679a2\"]", reference(["1679091c5a", "a87ff679a2"]))).toBe(1);
    expect(lenientF1("none", reference([]))).toBe(0);
    expect(lenientF1("[]", reference([]))).toBe(1);
  });
});

describe("the operations", () => {
  const node = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const graph = fc.array(fc.tuple(node, node), { maxLength: 20 });

  it("result in what a search by hand gives, for any graph", () => {
    fc.assert(
      fc.property(
        graph,
        node,
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (edges, start, depth, isSearch) => {
          const operation = isSearch
            ? ({ type: "bfs", node: start, depth } as const)
            : ({ type: "parents", node: start } as const);
          const result = resultOf(operation, edges);
          expect(new Set(result)).toEqual(byHand(operationText(operation), edges));
          expect(new Set(result).size).toBe(result.length);
        },
      ),
    );
  });

  it("are read back from how they are worded, and edges from how they are listed", () => {
    fc.assert(
      fc.property(graph, node, fc.integer({ min: 1, max: 99 }), (edges, start, depth) => {
        for (const operation of [
          { type: "bfs", node: start, depth },
          { type: "parents", node: start },
        ] as const)
          expect(readOperation(questionText(operation))).toEqual(operation);
        expect(Array.from(edgesIn(listEdges(edges)), ({ edge }) => edge)).toEqual(edges);
      }),
    );
  });
});

/** The result by definition: the nodes of walks of every length, less those of shorter walks. */
function byHand(text: string, edges: readonly Edge[]): Set<string> {
  const operation = readOperation(text)!;
  if (operation.type === "parents")
    return new Set(edges.filter(([from, to]) => to === operation.node && from !== to).map(([from]) => from));
  const nearer = new Set<string>();
  let level = new Set([operation.node]);
  for (let step = 0; step < operation.depth; step += 1) {
    for (const one of level) nearer.add(one);
    level = new Set(edges.filter(([from]) => level.has(from)).map(([, to]) => to));
  }
  return new Set([...level].filter((one) => !nearer.has(one)));
}
