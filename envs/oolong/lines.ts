/** What OOLONG and OOLONG-Pairs share: the source of their lines, and the strategy that labels every line. */
import { z } from "zod";
import { builtInQuestions } from "../../datasets/oolong/built-in/questions.ts";
import { readLabelled } from "../../datasets/oolong/labelled-file.ts";
import type { LabelledSource } from "../../datasets/oolong/window.ts";
import type { DataError } from "../../src/errors.ts";
import type { Policy, PolicyStart } from "../../src/policies/policy.ts";
import { frugal } from "../../src/policies/strategies/frugal.ts";
import { delegating } from "../../src/policies/strategies/delegating.ts";
import { metas } from "../../src/policies/strategies/meta.ts";
import {
  mapReduce,
  type MapReduceOptions,
  type Reduction,
} from "../../src/policies/strategies/map-reduce.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { codeIn, STRATEGY_LANGUAGES } from "../../src/policies/strategies/languages/by-language.ts";
import { type Move, type Script, scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import type { ContextSummary, Observation } from "../../src/types.ts";
import { fileOptions, partOptions, shuffleOption } from "../arrange.ts";
import { ROWS_OF_REPLIES } from "./answer.ts";

export const lineOptions = {
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe("tokens of the context (default: 32k; of a file: every length)"),
  source: z.string().optional().describe("file of text,label[,user,date] instead of the built-in questions"),
  file: z
    .string()
    .optional()
    .describe("oolong-synth's files or their folder, parquet or jsonl, instead of tasks made here"),
  dataset: z.string().optional().describe("wanted sources of the files, such as trec_coarse"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
};

export const DEFAULT_LENGTH = "32k";

/** The labelled texts that make the windows and that the simulated model knows; unreadable rows go to `badRows`. */
export async function labelledTexts(
  file: string | undefined,
  skipsBadRows: boolean,
  badRows: Set<string>,
): Promise<LabelledSource> {
  if (file === undefined) return builtInQuestions();
  const onBadRow = ({ message }: DataError) => void badRows.add(message);
  return readLabelled(file, skipsBadRows ? { onBadRow } : {});
}

/** About fifty lines, so that their labels fit into one reply. */
const CHUNK_CHARS = 5000;

/**
 * The strategies that ask for every line's label and then compute the answer. `answer`: Python that sets `result` from
 * `rows`. `reduce`: how other languages compute it.
 */
export function labelEachLine(
  answer: (question: string) => string,
  reduce?: Reduction,
): Record<string, () => Policy> {
  const options = lineReading(answer);
  return {
    "map-reduce": () => mapReduce({ ...options, ...(reduce && { reduce }) }),
    "rlm:1": () => rlm(options),
    "rlm:2": () => rlm(options, 2),
    ...delegating(() => options),
    frugal: () => frugal(options),
    ...metas(() => options),
  };
}

/** How to read lines chunk by chunk, each with its label. */
export function lineReading(answer: (question: string) => string): MapReduceOptions {
  return {
    chunkChars: CHUNK_CHARS,
    overlapChars: 0,
    batchSize: 20,
    headingEnd: "\nDate: ",
    instruction: () =>
      "Below are lines of a data set. Give the label of each line, by what its instance means, in the form " +
      "'Date: … || User: … || Label: …', one after the other and nothing else.",
    combine: (question) => `${ROWS_OF_REPLIES.trim()}\n${answer(question)}`,
  };
}

/** Answers with code only: `code` is Python that sets `result`, and `turns` are those of other languages. */
export function computed(
  name: string,
  code: (question: string, context: ContextSummary) => string,
  turns: (start: PolicyStart) => Generator<Move, void, Observation>,
): Policy {
  const script: Script = function* (start) {
    const { question, context } = start.observation;
    if (codeIn(start.language)) {
      yield* turns(start);
      return;
    }
    yield { code: `${code(question, context)}\nprint(str(result)[:200])` };
    yield { code: 'answer["content"] = result\nanswer["ready"] = True' };
  };
  return scriptedPolicy(name, script, STRATEGY_LANGUAGES);
}

/** The instruction before the text if a sub-model is to answer directly. */
export function wholeInstruction(question: string): string {
  return `${question}\nGive the final answer alone. The data:`;
}
