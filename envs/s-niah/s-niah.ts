/** The environment of S-NIAH: needles in a haystack, scored by RULER's scorers. */
import { basename } from "node:path";
import { goldFound } from "../../src/rewards/progress.ts";
import { z } from "zod";
import { parseLength } from "../../datasets/length.ts";
import { loadRuler } from "../../datasets/s-niah/load.ts";
import { readEssay } from "../../datasets/s-niah/essay.ts";
import { sNiahReader } from "../../datasets/s-niah/simulated-reader.ts";
import { sNiah as sNiahDataset } from "../../datasets/s-niah/s-niah.ts";
import { stringMatchAll, trainingScore } from "../../datasets/s-niah/scorer.ts";
import { VARIANTS, type VariantName } from "../../datasets/s-niah/variants.ts";
import { readWordPairs } from "../../datasets/s-niah/word-pairs.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { frugal } from "../../src/policies/strategies/frugal.ts";
import { delegating } from "../../src/policies/strategies/delegating.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { findAll, grep } from "../../src/policies/strategies/grep.ts";
import { metas } from "../../src/policies/strategies/meta.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { tutor } from "../../src/policies/strategies/tutor.ts";
import type { MacroSkills } from "../../src/policies/macro-skills.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithoutFile,
  shuffleOption,
} from "../arrange.ts";
import { escapedForPattern, keysOf } from "./keys.ts";
import { needleLesson } from "./lessons.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";

const variants = Object.keys(VARIANTS) as [VariantName, ...VariantName[]];

const options = z.object({
  variant: z.enum(variants).default("niah_single_2").describe("which of RULER's eight variants"),
  length: z.union([z.string(), z.number()]).default("32k").describe("tokens of the context, from 1k to 10M"),
  haystack: z.string().optional().describe("text file for the essay variants, instead of Moby-Dick"),
  adjectives: z.string().optional().describe("file of adjectives for keys, one per line"),
  nouns: z.string().optional().describe("file of nouns for keys, one per line"),
  ruler: z
    .string()
    .optional()
    .describe("files that RULER wrote, or their folder, instead of tasks made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});

type Options = z.output<typeof options>;

const STRATEGIES = {
  grep: () => grep({ pattern: needlePattern }),
  "map-reduce": () => mapReduce(needleChunks()),
  direct: () => direct(needleInstruction),
  bm25: () => bm25({ instruction: needleInstruction }),
  compaction: () => compaction(needleInstruction),
  "rlm:1": () => rlm(needleChunks()),
  "rlm:2": () => rlm(needleChunks(), 2),
  ...delegating(needleChunks),
  frugal: () => frugal(needleChunks()),
  ...metas(() => ({ ...needleChunks(), find: needlePattern })),
  random: () => randomPeeks(),
  tutor: () => tutor(needleLesson),
} satisfies Strategies;

export const sNiah = defineEnvironment({
  name: "s-niah",
  summary: "needles in a haystack: RULER's eight variants, 1k to 10M tokens",
  options,
  strategies: STRATEGIES,
  progress: goldFound,
  layouts: [{ name: "RULER", columns: ["input", "outputs", "length"], option: "ruler" }],
  open: async (given, seed) => {
    const badRows = new Set<string>();
    const { ruler, variant, length } = given;
    const problems =
      ruler === undefined ? made(given, seed) : loadRuler(fileSource({ ...given, file: ruler }, badRows));
    return {
      problems: arrange(problems, given),
      score: trainingScore,
      official: stringMatchAll,
      oracle: ({ answers }) => ({ answer: answers.join(", ") }),
      readers: [sNiahReader],
      macro: MACRO,
      badRows,
      label: ruler === undefined ? `${variant} ${length}` : `ruler ${basename(ruler)}`,
    };
  },
});

function made(given: Options, seed: number): Dataset {
  const { variant, length, haystack, adjectives, nouns } = given;
  refuseWithoutFile("s-niah", given, "ruler");
  if ((adjectives === undefined) !== (nouns === undefined))
    throw new UsageError("s-niah: adjectives and nouns go together; name a file for each");
  return sNiahDataset({
    variant,
    length: parseLength(length),
    seed,
    ...(haystack !== undefined && { essay: readEssay(haystack) }),
    ...(adjectives !== undefined && nouns !== undefined && { words: readWordPairs(adjectives, nouns) }),
  });
}

/** A pattern for the values of the needles that a question names; null if it names none. */
export function needlePattern(question: string): string | null {
  const alternatives = keysOf(question)?.map(escapedForPattern);
  return alternatives ? `special magic \\w+ for (?:${alternatives.join("|")}) is: (\\S+)\\.` : null;
}

/** What is asked about a part of a haystack. */
export function needleInstruction(question: string): string {
  return `Below is a part of a long text. ${question} If it is not mentioned in this part, say so.`;
}

/** How a haystack is read part by part. */
export function needleChunks(): MapReduceOptions {
  return {
    chunkChars: 40_000,
    overlapChars: 300,
    batchSize: 20,
    instruction: needleInstruction,
    combine: COMBINE,
    reduce: VALUES,
  };
}

/** Sub-models answer in a sentence; the values follow "is:" or "are:". */
const VALUES = { valuesOf: String.raw`(?:is|are): ([^\n]+)` };
const COMBINE = `
import re
found = [value for reply in replies for values in re.findall(r"(?:is|are): ([^\\n]+)", reply) for value in values.rstrip(".").split(", ")]
result = ", ".join(dict.fromkeys(found))`;

const MACRO: MacroSkills = {
  familyOf: (question) => (question.startsWith("What are all") ? "needles" : "needle"),
  grep: (question, context) => {
    const pattern = needlePattern(question);
    return pattern === null ? null : `${findAll(pattern, context)}\nresult = ", ".join(hits)`;
  },
  read: needleChunks(),
  elsewhere: { pattern: needlePattern, reduce: VALUES },
  ask: needleInstruction,
  demonstrations: demonstrations(),
};

/** For needles that are numbers: ways to search, from the cheapest to the most expensive. */
function demonstrations(): string[][] {
  const searched = 'import re\nFINAL("".join(re.findall(r"is: (\\d+)", context)[:1]))';
  const asked = (replies: string) =>
    `import re\nt = ${replies}\nFINAL("".join(re.findall(r"\\d{7}", str(t))[:1]))`;
  const chunked = (chars: number) =>
    asked(
      `llm_query_batched([question + context[i:i + ${chars}] for i in range(0, len(context), ${chars})])`,
    );
  const wholly = asked("llm_query(question + context)");
  return [
    [searched],
    [wholly],
    [asked('llm_query(question + context, model="simulated-mini")')],
    [chunked(2000)],
    [chunked(6000)],
    ["print(context[:60])", searched],
    ["print(context[:60])", wholly],
  ];
}
