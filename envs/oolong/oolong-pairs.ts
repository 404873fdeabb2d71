/** The environment of OOLONG-Pairs: all pairs of users that satisfy a condition, with twenty conditions per window. */
import { z } from "zod";
import { readShare } from "../../src/rewards/progress.ts";
import { parseLength } from "../../datasets/length.ts";
import { loadOolongPairs } from "../../datasets/oolong-pairs/load.ts";
import { oolongPairs as oolongPairsDataset } from "../../datasets/oolong-pairs/oolong-pairs.ts";
import { oolongPairsReader } from "../../datasets/oolong-pairs/simulated-reader.ts";
import { pairsF1, trainingScore } from "../../datasets/oolong-pairs/scorer.ts";
import { oolongReader } from "../../datasets/oolong/simulated-reader.ts";
import type { LabelledSource } from "../../datasets/oolong/window.ts";
import { type Dataset, filter } from "../../src/data/dataset.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import type { Reference } from "../../src/types.ts";
import { arrange, fileSource, refuseWithoutFile } from "../arrange.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { DEFAULT_LENGTH, labelEachLine, labelledTexts, lineOptions, wholeInstruction } from "./lines.ts";
import { LIST_PAIRS, pairsInPython } from "./pairs-answer.ts";

const options = z.object({
  ...lineOptions,
  predicates: z
    .string()
    .regex(/^(?:[1-9]|1\d|20)(?:,(?:[1-9]|1\d|20))*$/, "expected numbers from 1 to 20, separated by commas")
    .optional()
    .describe("wanted conditions, by their numbers from 1 to 20, separated by commas"),
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  ...labelEachLine(pairsInPython),
  direct: () => direct(wholeInstruction),
  bm25: () => bm25({ instruction: wholeInstruction }),
  compaction: () => compaction(wholeInstruction),
  random: () => randomPeeks(),
} satisfies Strategies;

export const oolongPairs = defineEnvironment({
  name: "oolong-pairs",
  summary:
    "all pairs of users that satisfy a condition: OOLONG-Pairs, made at any length or over oolong-synth's windows",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "OOLONG-Pairs over oolong-synth's windows",
      columns: ["context_window_text", "context_window_text_with_labels", "predicate", "question", "answer"],
      option: "file",
    },
  ],
  open: async (given, seed) => {
    const badRows = new Set<string>();
    const source = await labelledTexts(given.source, given["skip-bad-rows"], badRows);
    const all = given.file === undefined ? made(given, source, seed) : read(given, given.file, badRows);
    const numbers = given.predicates?.split(",").map(Number);
    const asked = (number: unknown) => numbers?.includes(Number(number)) ?? true;
    const problems = numbers ? filter(all, ({ task }) => asked(task.metadata.predicate)) : all;
    return {
      problems: arrange(problems, given),
      score: trainingScore,
      official: pairsF1,
      oracle: listPairs,
      readers: [oolongPairsReader(source), oolongReader(source)],
      badRows,
      label: `oolong-pairs ${given.file === undefined ? (given.length ?? DEFAULT_LENGTH) : "files"}`,
    };
  },
});

function made(given: Options, source: LabelledSource, seed: number): Dataset {
  refuseWithoutFile("oolong-pairs", given);
  return oolongPairsDataset({ source, length: parseLength(given.length ?? DEFAULT_LENGTH), seed });
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  return loadOolongPairs({
    ...fileSource({ ...given, file }, badRows),
    ...(given.dataset !== undefined && { sources: given.dataset.split(",") }),
    ...(given.length !== undefined && { contextLengths: [parseLength(given.length)] }),
  });
}

/** Lists the gold's users rather than its pairs, whose number grows with the square. */
function listPairs({ metadata: { first, second } }: Reference) {
  const sets = `first, second = set(${JSON.stringify(first)}), set(${JSON.stringify(second)})`;
  return { code: `${sets}\n${LIST_PAIRS.trim()}\nanswer["content"] = result\nanswer["ready"] = True` };
}
