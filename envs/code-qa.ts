/** The environment of CodeQA: questions with four choices over whole code repositories, from LongBench-v2's files. */
import { z } from "zod";
import { readShare } from "../src/rewards/progress.ts";
import {
  goldAnswer,
  lenientScore,
  loadCodeQa,
  officialScore,
  trainingScore,
} from "../datasets/code-qa/code-qa.ts";
import { codeQaReader } from "../datasets/code-qa/simulated-reader.ts";
import { filter } from "../src/data/dataset.ts";
import { bm25 } from "../src/policies/strategies/bm25.ts";
import { compaction } from "../src/policies/strategies/compaction.ts";
import { direct } from "../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../src/policies/strategies/map-reduce.ts";
import { rlm } from "../src/policies/strategies/rlm.ts";
import { pythonString, scriptedPolicy } from "../src/policies/strategies/scripted.ts";
import type { JsonObject } from "../src/types.ts";
import { ANSWER_FROM_NOTES } from "./answer-from-notes.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "./arrange.ts";
import { defineEnvironment, type Strategies } from "../src/env/define.ts";

const options = z.object({
  file: z
    .string("expected the path of LongBench-v2's data")
    .describe("LongBench-v2's data.json or parquet, or their folder"),
  domain: z.string().optional().describe("LongBench-v2's domain (default: Code Repository Understanding)"),
  difficulty: z.enum(["easy", "hard"]).optional().describe("only questions of this difficulty"),
  length: z
    .enum(["short", "medium", "long"])
    .optional()
    .describe("only contexts of this length, as the file classes them"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});

const STRATEGIES = {
  "map-reduce": () => mapReduce(chunks()),
  bm25: () => bm25({ instruction, pieceChars: 4000, shownChars: 4000 }),
  direct: () => direct(instruction),
  compaction: () => compaction(instruction),
  "rlm:1": () => rlm(chunks()),
  "rlm:2": () => rlm(chunks(), 2),
  random: () =>
    scriptedPolicy("random", function* (_, random) {
      yield { answer: `The correct answer is (${random.choice(["A", "B", "C", "D"])})` };
    }),
} satisfies Strategies;

export const codeQa = defineEnvironment({
  name: "code-qa",
  summary: "multiple choice over code repositories of up to 4 M tokens: LongBench-v2's files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "LongBench-v2",
      columns: ["_id", "domain", "choice_A", "choice_D", "answer", "context"],
      option: "file",
    },
  ],
  open: (given) => {
    const badRows = new Set<string>();
    const { domain, difficulty, length } = given;
    const all = loadCodeQa({ ...fileSource(given, badRows), ...(domain !== undefined && { domain }) });
    const problems = filter(all, ({ task }) => matches(task.metadata, { difficulty, length }));
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingScore,
      official: officialScore,
      lenient: lenientScore,
      oracle: (reference) => ({ answer: goldAnswer(reference) }),
      readers: [codeQaReader],
      badRows,
      label: ["code-qa", length, difficulty].filter((word) => word !== undefined).join(" "),
    });
  },
});

function matches(metadata: JsonObject, wanted: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(wanted).every(([name, value]) => value === undefined || metadata[name] === value);
}

function chunks(): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: (question) =>
      `Below is a part of a code repository; the question is about all of it. Do not answer it. Note what bears on the question or on one of its choices, a line each, word for word where it can be. If nothing does, write: Nothing to note.\n\nThe question: ${question}`,
    combine: (question) => `${ANSWER_FROM_NOTES}\nresult = answered(${pythonString(instruction(question))})`,
  };
}

function instruction(question: string): string {
  return `Answer a question about code from the text below. If the text does not tell, say so.\n\n${question}`;
}
