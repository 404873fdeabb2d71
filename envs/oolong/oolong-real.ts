/** The environment of OOLONG's real questions: dice rolls and spells in transcribed role-playing sessions. */
import { z } from "zod";
import { readShare } from "../../src/rewards/progress.ts";
import { oolongRealReader } from "../../datasets/oolong/real-simulated-reader.ts";
import { loadOolongReal, realScore, realTrainingScore } from "../../datasets/oolong/real.ts";
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { pythonString } from "../../src/policies/strategies/scripted.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "../arrange.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";

const options = z.object({
  file: z
    .string("expected the path of oolong-real's files")
    .describe("oolong-real's jsonl files or their folder"),
  type: z
    .string()
    .optional()
    .describe("wanted types of questions, such as singledoc_rolls, separated by commas"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});

const STRATEGIES = {
  "map-reduce": () => mapReduce(chunks()),
  direct: () => direct(instruction),
  bm25: () => bm25({ instruction }),
  compaction: () => compaction(instruction),
  "rlm:1": () => rlm(chunks()),
  "rlm:2": () => rlm(chunks(), 2),
  random: () => randomPeeks(),
} satisfies Strategies;

export const oolongReal = defineEnvironment({
  name: "oolong-real",
  summary: "rolls and spells in transcribed role-playing sessions: oolong-real's files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    {
      name: "oolong-real",
      columns: ["context_window_text", "question_type", "question", "answer"],
      option: "file",
    },
  ],
  open: (given) => {
    const badRows = new Set<string>();
    const problems = loadOolongReal({
      ...fileSource(given, badRows),
      ...(given.type !== undefined && { questionTypes: given.type.split(",") }),
    });
    return Promise.resolve({
      problems: arrange(problems, given),
      score: realTrainingScore,
      official: realScore,
      oracle: ({ answers: [gold = ""] }) => ({ answer: boxed(gold) }),
      readers: [oolongRealReader],
      badRows,
      label: `oolong-real ${given.type ?? "all"}`,
    });
  },
});

function chunks(): MapReduceOptions {
  return { chunkChars: 12_000, overlapChars: 0, batchSize: 20, instruction, combine: merged };
}

function instruction(question: string): string {
  return String.raw`${question} Give the final answer in \boxed{}; a list with commas between. The transcript, or a part of it:`;
}

function boxed(answer: string): string {
  return String.raw`\boxed{\text{${answer}}}`;
}

/** Merges the parts' answers: counts add up, lists follow one another, and the first or last of all comes from one part. */
function merged(question: string): string {
  return String.raw`
import re
question = ${pythonString(question)}
boxes = [box.strip() for reply in replies for box in re.findall(r"\\boxed\{(?:\\text\{)?([^}]*)\}", reply)]
boxes = [box for box in boxes if box not in ("", "none")]
numbers = [int(box) for box in boxes if re.fullmatch(r"\d+", box)]
if re.search(r"\bfirst\b", question):
    merged = boxes[0] if boxes else ""
elif re.search(r"\blast\b", question):
    merged = boxes[-1] if boxes else ""
elif numbers and len(numbers) == len(boxes):
    merged = sum(numbers)
else:
    merged = ", ".join(dict.fromkeys(item.strip() for box in boxes for item in box.split(",")))
result = "\\boxed{" + str(merged) + "}"`;
}
