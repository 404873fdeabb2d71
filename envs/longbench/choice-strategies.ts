/** The strategies of LongBench-v2's questions with four choices, and what a benchmark over its files is made of. */
import { z } from "zod";
import { loadLongBenchV2, type Wanted } from "../../datasets/longbench-v2/load.ts";
import { LETTERS } from "../../datasets/longbench-v2/letters.ts";
import {
  goldAnswer,
  lenientScore,
  officialScore,
  trainingScore,
} from "../../datasets/longbench-v2/scorer.ts";
import { choiceReader } from "../../datasets/longbench-v2/simulated-reader.ts";
import type { OpenedBenchmark, Strategies } from "../../src/env/define.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { pythonString, scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { ANSWER_FROM_NOTES } from "../answer-from-notes.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "../arrange.ts";

/** The options of every environment over LongBench-v2's files. */
export const choiceOptions = {
  file: z
    .string("expected the path of LongBench-v2's data")
    .describe("LongBench-v2's data.json or parquet, or their folder"),
  difficulty: z.enum(["easy", "hard"]).optional().describe("only questions of this difficulty"),
  length: z
    .enum(["short", "medium", "long"])
    .optional()
    .describe("only contexts of this length, as the file classes them"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
};
type Given = z.output<z.ZodObject<typeof choiceOptions>>;

/** How the texts are spoken of in prompts. */
export interface Wording {
  /** What a question is about, such as `code`; nothing particular if absent. */
  readonly about?: string;
  /** What a context is, such as `a code repository`. */
  readonly text: string;
}

/** The benchmark over the questions that are wanted. `name`: the environment's. `domain`: what its label says of it. */
export function openChoices(
  name: string,
  given: Given,
  wanted: Wanted,
  domain: string | undefined,
): OpenedBenchmark {
  const badRows = new Set<string>();
  const problems = loadLongBenchV2({ ...fileSource(given, badRows), name, wanted });
  const chosen = [domain, wanted.sub_domain, wanted.length, wanted.difficulty];
  return {
    problems: arrange(problems, given),
    score: trainingScore,
    official: officialScore,
    lenient: lenientScore,
    oracle: (reference) => ({ answer: goldAnswer(reference) }),
    readers: [choiceReader],
    badRows,
    label: [name, ...chosen].filter((word) => word !== undefined).join(" "),
  };
}

/** The columns by which a file of LongBench-v2 is known. */
export const CHOICE_LAYOUT = {
  name: "LongBench-v2",
  columns: ["_id", "domain", "choice_A", "choice_D", "answer", "context"],
  option: "file",
};

/** Strategies that note what bears on the choices, search for it, or read all at once. */
export function choiceStrategies(wording: Wording) {
  const instruction = (question: string) => answerInstruction(wording, question);
  const chunks = () => noted(wording);
  return {
    "map-reduce": () => mapReduce(chunks()),
    bm25: () => bm25({ instruction, pieceChars: 4000, shownChars: 4000 }),
    direct: () => direct(instruction),
    compaction: () => compaction(instruction),
    "rlm:1": () => rlm(chunks()),
    "rlm:2": () => rlm(chunks(), 2),
    random: () =>
      scriptedPolicy("random", function* (_, random) {
        yield { answer: `The correct answer is (${random.choice(LETTERS)})` };
      }),
  } satisfies Strategies;
}

function noted(wording: Wording): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: (question) =>
      `Below is a part of ${wording.text}; the question is about all of it. Do not answer it. Note what bears on the question or on one of its choices, a line each, word for word where it can be. If nothing does, write: Nothing to note.\n\nThe question: ${question}`,
    reduce: { ask: (question) => answerInstruction(wording, question), without: "nothing to note" },
    combine: (question) =>
      `${ANSWER_FROM_NOTES}\nresult = answered(${pythonString(answerInstruction(wording, question))})`,
  };
}

function answerInstruction({ about }: Wording, question: string): string {
  const subject = about === undefined ? "" : ` about ${about}`;
  return `Answer a question${subject} from the text below. If the text does not tell, say so.\n\n${question}`;
}
