/** The environment of GraphWalks: breadth-first searches and parents in directed graphs. */
import { z } from "zod";
import { graphWalks as graphWalksDataset } from "../../datasets/graphwalks/graphwalks.ts";
import { loadGraphWalks } from "../../datasets/graphwalks/load.ts";
import { lenientF1, nodesF1, trainingScore } from "../../datasets/graphwalks/scorer.ts";
import { graphWalksReader } from "../../datasets/graphwalks/simulated-reader.ts";
import { answerLine, readOperation } from "../../datasets/graphwalks/wording.ts";
import { parseLength } from "../../datasets/length.ts";
import { type Dataset, filter } from "../../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { UsageError } from "../../src/errors.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { readShare } from "../../src/rewards/progress.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithFile,
  refuseWithoutFile,
  shuffleOption,
} from "../arrange.ts";
import { metasOf } from "../../src/policies/strategies/meta.ts";
import { metaSteps, readSteps, walk } from "./strategies.ts";

const DEFAULTS = { length: "32k", degree: 3, depth: 3 } as const;

const options = z.object({
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe(`tokens of the graph, from 200 (default: ${DEFAULTS.length})`),
  operation: z
    .enum(["both", "bfs", "parents"])
    .default("both")
    .describe("what is asked of a graph; with both, the two take turns"),
  depth: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe(`depth of a search (default: ${DEFAULTS.depth}); of files, only searches of this depth`),
  degree: z.coerce
    .number()
    .positive()
    .optional()
    .describe(`edges that leave a node, on average (default: ${DEFAULTS.degree})`),
  nodes: z.coerce
    .number()
    .int()
    .min(2)
    .optional()
    .describe("how many nodes a graph has at most, instead of a degree"),
  file: z.string().optional().describe("files of openai/graphwalks, instead of graphs made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  walk: () => walk(),
  "map-reduce": () => readSteps("map-reduce", "llm_query_batched"),
  "rlm:1": () => readSteps("rlm:1", "rlm_query_batched"),
  ...metasOf(metaSteps),
  bm25: () => bm25({ instruction, query: askedNode }),
  direct: () => direct(instruction),
  compaction: () => compaction(instruction),
  random: () => randomPeeks(),
} satisfies Strategies;

export const graphWalks = defineEnvironment({
  name: "graphwalks",
  summary:
    "searches to a depth, and parents, in directed graphs of any size: GraphWalks, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "GraphWalks",
      columns: ["prompt", "answer_nodes", "prompt_chars", "problem_type"],
      option: "file",
    },
  ],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file } = given;
    const problems = file === undefined ? made(given, seed) : read(given, file, badRows);
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingScore,
      official: nodesF1,
      lenient: lenientF1,
      oracle: ({ answers }) => ({ answer: answerLine(answers) }),
      readers: [graphWalksReader],
      badRows,
      label: [
        "graphwalks",
        given.operation === "both" ? [] : given.operation,
        file === undefined ? (given.length ?? DEFAULTS.length) : "files",
      ]
        .flat()
        .join(" "),
    });
  },
});

function made(given: Options, seed: number): Dataset {
  refuseWithoutFile("graphwalks", given);
  const { degree, nodes, operation } = given;
  if (degree !== undefined && nodes !== undefined)
    throw new UsageError("graphwalks: give degree or nodes, not both");
  return graphWalksDataset({
    length: parseLength(given.length ?? DEFAULTS.length),
    degree: degree ?? DEFAULTS.degree,
    ...(nodes !== undefined && { nodes }),
    depth: given.depth ?? DEFAULTS.depth,
    operation,
    seed,
  });
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  refuseWithFile("graphwalks", given, ["length", "degree", "nodes"]);
  const { operation, depth } = given;
  return filter(loadGraphWalks(fileSource({ ...given, file }, badRows)), ({ task: { metadata } }) => {
    const { problem_type: type } = metadata;
    return (
      (operation === "both" || type === operation) &&
      (depth === undefined || type !== "bfs" || metadata.depth === depth)
    );
  });
}

function instruction(question: string): string {
  return `Below are edges of a graph. ${question}`;
}

/** The words to search for: the node that the operation is about. */
function askedNode(question: string): string {
  return readOperation(question)?.node ?? question;
}
