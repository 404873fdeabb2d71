/** The environment of OOLONG: questions about how labels, users and dates are distributed over many lines. */
import { z } from "zod";
import { readShare } from "../../src/rewards/progress.ts";
import { parseLength } from "../../datasets/length.ts";
import { loadOolong } from "../../datasets/oolong/load.ts";
import { oolong as oolongDataset } from "../../datasets/oolong/oolong.ts";
import type { TaskGroup } from "../../datasets/oolong/question.ts";
import { oolongReader } from "../../datasets/oolong/simulated-reader.ts";
import { goldAnswer, lenientScore, officialScore, trainingScore } from "../../datasets/oolong/scorer.ts";
import type { LabelledSource } from "../../datasets/oolong/window.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { tutor } from "../../src/policies/strategies/tutor.ts";
import type { MacroSkills } from "../../src/policies/macro-skills.ts";
import { arrange, fileSource, refuseWithoutFile } from "../arrange.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import type { ContextSummary } from "../../src/types.ts";
import { lineLesson } from "./lessons.ts";
import { answerInPython, rowsOfText } from "./answer.ts";
import { countingOf, tallyTurns } from "./tally.ts";
import {
  computed,
  DEFAULT_LENGTH,
  labelEachLine,
  labelledTexts,
  lineReading,
  lineOptions,
  wholeInstruction,
} from "./lines.ts";

const GROUPS: readonly TaskGroup[] = ["counting", "user", "timeline"];

const options = z.object({
  ...lineOptions,
  group: z
    .string()
    .optional()
    .describe(`kinds of questions, separated by commas: ${GROUPS.join(", ")}`),
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  ...labelEachLine(answerInPython, { turns: (start) => tallyTurns(start, "replies") }),
  grep: () => computed("grep", codeAlone, (start) => tallyTurns(start, "context")),
  direct: () => direct(wholeInstruction),
  bm25: () => bm25({ instruction: wholeInstruction }),
  compaction: () => compaction(wholeInstruction),
  random: () => randomPeeks(),
  tutor: () => tutor(lineLesson),
} satisfies Strategies;

export const oolong = defineEnvironment({
  name: "oolong",
  summary:
    "how labels, users and dates are distributed over many lines: made at any length, or oolong-synth's files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "oolong-synth",
      columns: ["context_window_text", "context_window_text_with_labels", "question", "answer", "task_group"],
      option: "file",
    },
    { name: "labelled texts", columns: ["text", "label"], option: "source" },
  ],
  open: async (given, seed) => {
    const badRows = new Set<string>();
    const source = await labelledTexts(given.source, given["skip-bad-rows"], badRows);
    const problems = given.file === undefined ? made(given, source, seed) : read(given, given.file, badRows);
    return {
      problems: arrange(problems, given),
      score: trainingScore,
      official: officialScore,
      lenient: lenientScore,
      oracle: (reference) => ({ answer: goldAnswer(reference) }),
      readers: [oolongReader(source)],
      macro: MACRO,
      badRows,
      label: labelOf(given, source),
    };
  },
});

function codeAlone(question: string, context: ContextSummary): string {
  return `${rowsOfText(context)}\n${answerInPython(question)}`;
}

const MACRO: MacroSkills = {
  familyOf: (question) => (/\blabels?\b/.test(question) ? "labels" : "lines"),
  grep: codeAlone,
  read: lineReading(answerInPython),
  elsewhere: { counts: countingOf },
  ask: wholeInstruction,
};

function made(given: Options, source: LabelledSource, seed: number): Dataset {
  refuseWithoutFile("oolong", given);
  const groups = groupsOf(given);
  return oolongDataset({
    source,
    length: parseLength(given.length ?? DEFAULT_LENGTH),
    seed,
    ...(groups && { groups }),
  });
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  const groups = groupsOf(given);
  return loadOolong({
    ...fileSource({ ...given, file }, badRows),
    ...(groups && { groups }),
    ...(given.ids !== undefined && { ids: given.ids.split(",") }),
    ...(given.dataset !== undefined && { sources: given.dataset.split(",") }),
    ...(given.length !== undefined && { contextLengths: [parseLength(given.length)] }),
  });
}

function groupsOf({ group }: Options): TaskGroup[] | undefined {
  return group?.split(",").map((name) => {
    const known = GROUPS.find((one) => one === name);
    if (known === undefined)
      throw new UsageError(
        `oolong: unknown group ${JSON.stringify(name)}; expected one of ${GROUPS.join(", ")}`,
      );
    return known;
  });
}

/** For example `oolong questions 32k`. */
function labelOf({ file, dataset, length, part }: Options, source: LabelledSource): string {
  const texts = file === undefined ? source.name : (dataset ?? "files");
  const size = length ?? (file === undefined ? DEFAULT_LENGTH : "any length");
  return `oolong ${texts} ${size}${part === "all" ? "" : ` ${part}`}`;
}
