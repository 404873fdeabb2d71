/** The environment of LongMemEval: questions about what was said in many earlier chats. */
import { z } from "zod";
import { evidenceSeenBy } from "../datasets/evidence-seen.ts";
import { longMemEvalJudge } from "../datasets/longmemeval/judge.ts";
import { loadLongMemEval, TYPES } from "../datasets/longmemeval/load.ts";
import { longMemEvalMeasures } from "../datasets/longmemeval/measures.ts";
import { goldAnswer, lenientMatch, trainingMatch, wordMatch } from "../datasets/longmemeval/scorer.ts";
import { judgeReader } from "../datasets/longmemeval/simulated-judge.ts";
import { longMemEvalReader } from "../datasets/longmemeval/simulated-reader.ts";
import { SESSION_NAMES } from "../datasets/longmemeval/wording.ts";
import { defineEnvironment, type Strategies } from "../src/env/define.ts";
import { bm25 } from "../src/policies/strategies/bm25.ts";
import { compaction } from "../src/policies/strategies/compaction.ts";
import { direct } from "../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../src/policies/strategies/map-reduce.ts";
import { randomPeeks } from "../src/policies/strategies/random.ts";
import { rlm } from "../src/policies/strategies/rlm.ts";
import { pythonString } from "../src/policies/strategies/scripted.ts";
import { ANSWER_FROM_NOTES } from "./answer-from-notes.ts";
import { arrange, fileOptions, fileSource, partOptions, shuffleOption } from "./arrange.ts";

const STRATEGIES = {
  "map-reduce": () => mapReduce(notes()),
  bm25: () => bm25({ instruction }),
  direct: () => direct(instruction),
  compaction: () => compaction(noteAndAnswer),
  "rlm:1": () => rlm(notes()),
  "rlm:2": () => rlm(notes(), 2),
  random: () => randomPeeks(),
} satisfies Strategies;

export const longMemEval = defineEnvironment({
  name: "longmemeval",
  summary:
    "questions about what a user and an assistant said in 40 to 500 earlier chats: LongMemEval's files",
  options: z.object({
    file: z
      .string("expected the path of LongMemEval's longmemeval_s_cleaned.json or longmemeval_m_cleaned.json")
      .describe("a file of longmemeval-cleaned, of the size S or M"),
    type: z
      .enum([...TYPES, "abstention"])
      .optional()
      .describe("only questions of this type; abstention: those that the chats do not answer"),
    ...fileOptions,
    ...shuffleOption,
    ...partOptions,
  }),
  strategies: STRATEGIES,
  progress: evidenceSeenBy(SESSION_NAMES),
  layouts: [
    {
      name: "LongMemEval",
      columns: ["question_id", "question_type", "question_date", "haystack_sessions", "answer_session_ids"],
      option: "file",
    },
  ],
  open: (given) => {
    const badRows = new Set<string>();
    const { type } = given;
    return Promise.resolve({
      problems: arrange(loadLongMemEval({ ...fileSource(given, badRows), type }), given),
      score: trainingMatch,
      official: wordMatch,
      lenient: lenientMatch,
      judge: longMemEvalJudge,
      measures: longMemEvalMeasures,
      oracle: (reference) => ({ answer: goldAnswer(reference) }),
      readers: [judgeReader, longMemEvalReader],
      badRows,
      label: ["longmemeval", type].filter((word) => word !== undefined).join(" "),
    });
  },
});

function instruction(question: string): string {
  return `Below are a user's earlier chats with an assistant, or notes of them. If they do not hold the answer, say so.\n\n${question}`;
}

function noteAndAnswer(question: string): string {
  return `${instruction(question)}\n\nAfter the answer, note each session that may bear on any part of the question, with its date and all that it says of it: you will not see it again.`;
}

function notes(): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: (question) =>
      `Below are some of a user's many earlier chats with an assistant; others may hold the rest. Do not answer the question. Note what bears on any part of it, a line each, with the date of the session. If nothing does, write: Nothing to note.\n\n${question}`,
    reduce: { ask: instruction, without: "nothing to note" },
    combine: (question) => `${ANSWER_FROM_NOTES}\nresult = answered(${pythonString(instruction(question))})`,
  };
}
