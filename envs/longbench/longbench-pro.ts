/** The environment of LongBench-Pro: questions of 25 kinds over long texts in English and Chinese. */
import { z } from "zod";
import { LANGUAGES, LENGTHS, loadLongBenchPro } from "../../datasets/longbench-pro/load.ts";
import { goldAnswer, longBenchProScorers } from "../../datasets/longbench-pro/scorer.ts";
import { jiebaSegmenter } from "../../datasets/longbench-pro/segment.ts";
import { longBenchProReader } from "../../datasets/longbench-pro/simulated-reader.ts";
import { withQuestion } from "../../datasets/longbench-pro/wording.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { pythonString } from "../../src/policies/strategies/scripted.ts";
import { readShare } from "../../src/rewards/progress.ts";
import { ANSWER_FROM_NOTES } from "../answer-from-notes.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "../arrange.ts";

const options = z.object({
  file: z
    .string("expected the path of LongBench-Pro's longbench_pro.json")
    .describe("LongBench-Pro's longbench_pro.json"),
  task: z
    .string()
    .regex(/^T\d+(\.\d+)?$/, "expected the number of a task, such as T4 or T4.2")
    .optional()
    .describe("only this task, such as T4 or T4.2"),
  language: z.enum(LANGUAGES).optional().describe("only questions in this language"),
  length: z.enum(LENGTHS).optional().describe("only contexts of this length, as the file classes them"),
  requirement: z
    .enum(["Full", "Partial"])
    .optional()
    .describe("only questions that need the whole context, or a part of it"),
  difficulty: z
    .enum(["Easy", "Moderate", "Hard", "Extreme"])
    .optional()
    .describe("only questions of this difficulty"),
  thinking: z
    .boolean()
    .default(false)
    .describe("ask the questions that tell the model to think before it answers"),
  jieba: z
    .string()
    .optional()
    .describe(
      "folder of the Python package jieba, which cuts Chinese summaries into words; without it, into characters",
    ),
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
  random: () => randomPeeks(),
} satisfies Strategies;

export const longBenchPro = defineEnvironment({
  name: "longbench-pro",
  summary:
    "ranking, ordering, citing, checking and more over texts of up to 256k tokens: LongBench-Pro's file",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "LongBench-Pro",
      columns: ["id", "context", "language", "secondary_task", "question_nonthinking", "answer"],
      option: "file",
    },
  ],
  open: (given) => {
    const badRows = new Set<string>();
    const { task, language, length, requirement, difficulty, thinking, jieba } = given;
    const wanted = { task, language, token_length: length, contextual_requirement: requirement, difficulty };
    const problems = loadLongBenchPro({ ...fileSource(given, badRows), wanted, thinking });
    const scorers = longBenchProScorers(jieba === undefined ? undefined : jiebaSegmenter(jieba));
    return Promise.resolve({
      problems: arrange(problems, given),
      score: scorers.training,
      official: scorers.official,
      lenient: scorers.lenient,
      embedded: scorers.embedded,
      oracle: (reference) => ({ answer: goldAnswer(reference) }),
      readers: [longBenchProReader],
      badRows,
      label: ["longbench-pro", task, language, length, requirement, difficulty]
        .filter((word) => word !== undefined)
        .join(" "),
    });
  },
});

function chunks(): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: (question) =>
      withQuestion(
        "Below is a part of a long text; the question is about all of it. Do not answer it. Note what bears on it, a line each, word for word and in the order of the text. If nothing does, write: Nothing to note.",
        question,
      ),
    reduce: { ask: instruction, without: "nothing to note" },
    combine: (question) => `${ANSWER_FROM_NOTES}\nresult = answered(${pythonString(instruction(question))})`,
  };
}

function instruction(question: string): string {
  return withQuestion("Answer the question from the text below, in the form that it asks for.", question);
}
