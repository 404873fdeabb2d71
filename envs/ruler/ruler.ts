/** The environment of RULER: all thirteen of its tasks, made here or from its files. */
import { basename } from "node:path";
import { z } from "zod";
import { parseLength } from "../../datasets/length.ts";
import { loadRulerFiles } from "../../datasets/ruler/load.ts";
import { readQaSet } from "../../datasets/ruler/qa-files.ts";
import { ruler as rulerDataset } from "../../datasets/ruler/ruler.ts";
import { officialScore, trainingScore } from "../../datasets/ruler/scorer.ts";
import { documentsReader, rulerReader } from "../../datasets/ruler/simulated-reader.ts";
import { RULER_NAMES, type RulerName, rulerNamed } from "../../datasets/ruler/variants.ts";
import { readWordLists } from "../../datasets/ruler/word-lists.ts";
import { readEssay } from "../../datasets/s-niah/essay.ts";
import { sNiahReader } from "../../datasets/s-niah/simulated-reader.ts";
import { type Dataset, filter } from "../../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { UsageError } from "../../src/errors.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { goldFound } from "../../src/rewards/progress.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithFile,
  refuseWithoutFile,
  shuffleOption,
} from "../arrange.ts";
import { inCode, readParts, rulerInstruction, rulerQuery } from "./strategies.ts";

const DEFAULT_LENGTH = "32k";
const ALL = "all";

const options = z.object({
  variant: z
    .string()
    .default(ALL)
    .describe(`RULER's tasks, separated by commas, which take turns: ${RULER_NAMES.join(", ")}; or all`),
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe(`tokens of the context, from 1k (default: ${DEFAULT_LENGTH})`),
  haystack: z.string().optional().describe("text file for needles in an essay, instead of Moby-Dick"),
  words: z
    .string()
    .optional()
    .describe("folder of nounlist.txt, adjectivelist.txt and verblist.txt, as wonderwords has them"),
  squad: z.string().optional().describe("SQuAD's dev-v2.0.json, for qa_1"),
  hotpotqa: z.string().optional().describe("HotpotQA's hotpot_dev_distractor_v1.json, for qa_2"),
  file: z.string().optional().describe("files that RULER wrote, or their folder, instead of tasks made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  code: () => inCode(),
  "map-reduce": () => readParts("map-reduce"),
  "rlm:1": () => readParts("rlm:1"),
  bm25: () => bm25({ instruction: rulerInstruction, query: rulerQuery }),
  direct: () => direct(rulerInstruction),
  compaction: () => compaction(rulerInstruction),
  random: () => randomPeeks(),
} satisfies Strategies;

export const ruler = defineEnvironment({
  name: "ruler",
  summary:
    "needles, variable tracking, word counts and questions: RULER's thirteen tasks, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: goldFound,
  layouts: [{ name: "RULER", columns: ["index", "input", "outputs", "length"], option: "file" }],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, variant, length = DEFAULT_LENGTH } = given;
    const problems = file === undefined ? made(given, seed) : read(given, file, badRows);
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingScore,
      official: officialScore,
      oracle: ({ answers, metadata }) => ({
        answer: metadata.kind === "part" ? answers.find((answer) => answer !== "")! : answers.join(", "),
      }),
      readers: [rulerReader, documentsReader, sNiahReader],
      badRows,
      label: [
        "ruler",
        ...(variant === ALL ? [] : [variant]),
        file === undefined ? length : basename(file),
      ].join(" "),
    });
  },
});

function made(given: Options, seed: number): Dataset {
  refuseWithoutFile("ruler", given);
  const { squad, hotpotqa, haystack, words, length = DEFAULT_LENGTH } = given;
  return rulerDataset({
    variants: variantsOf(given),
    length: parseLength(length),
    seed,
    ...(haystack !== undefined && { essay: readEssay(haystack) }),
    ...(words !== undefined && { words: readWordLists(words) }),
    questions: {
      ...(squad !== undefined && { qa_1: readQaSet("squad", squad) }),
      ...(hotpotqa !== undefined && { qa_2: readQaSet("hotpotqa", hotpotqa) }),
    },
  });
}

/** The tasks to make; of all, questions over documents only if their file is given. */
function variantsOf({ variant, squad, hotpotqa }: Options): RulerName[] {
  const files = { qa_1: squad, qa_2: hotpotqa };
  if (variant === ALL)
    return RULER_NAMES.filter((name) => !(name in files) || files[name as keyof typeof files] !== undefined);
  const names = variant.split(",").map(rulerNamed);
  for (const name of names)
    if (name in files && files[name as keyof typeof files] === undefined)
      throw new UsageError(
        `ruler: ${name} needs option ${name === "qa_1" ? "squad" : "hotpotqa"}: the file that its questions come from`,
      );
  return names;
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  refuseWithFile("ruler", given, ["length", "haystack", "words", "squad", "hotpotqa"]);
  const all = loadRulerFiles(fileSource({ ...given, file }, badRows));
  if (given.variant === ALL) return all;
  const names = new Set<unknown>(given.variant.split(",").map(rulerNamed));
  return filter(all, ({ task }) => names.has(task.metadata.variant));
}
