/** What a policy could write to keep the host busy: for each scorer and reader, texts to repeat. */
import { citationsIn, confidenceOf } from "../datasets/browsecomp/answer-form.ts";
import { readVerdict } from "../datasets/browsecomp/judge.ts";
import { judgeReader } from "../datasets/browsecomp/simulated-judge.ts";
import { exactMatch, lenientMatch } from "../datasets/browsecomp/scorer.ts";
import { browseCompReader } from "../datasets/browsecomp/simulated-reader.ts";
import { questionText as factsQuestion } from "../datasets/babilong/questions.ts";
import {
  lenientScore as babilongLenient,
  officialScore as babilongScore,
} from "../datasets/babilong/scorer.ts";
import { babilongReader, LIST_FACTS } from "../datasets/babilong/simulated-reader.ts";
import { browseCompLikeReader } from "../datasets/browsecomp-like/simulated-reader.ts";
import { lenientF1, nodesF1 } from "../datasets/graphwalks/scorer.ts";
import { graphWalksReader, LIST_ARRIVING, LIST_LEAVING } from "../datasets/graphwalks/simulated-reader.ts";
import { longBenchProScorers } from "../datasets/longbench-pro/scorer.ts";
import { longBenchProReader } from "../datasets/longbench-pro/simulated-reader.ts";
import { withQuestion } from "../datasets/longbench-pro/wording.ts";
import { lenientScore as choiceScore } from "../datasets/longbench-v2/scorer.ts";
import { choiceReader } from "../datasets/longbench-v2/simulated-reader.ts";
import { readVerdict as readYes } from "../datasets/longmemeval/judge.ts";
import { lenientMatch as memoryLenient, saysUnknown, wordMatch } from "../datasets/longmemeval/scorer.ts";
import { judgeReader as memoryJudge } from "../datasets/longmemeval/simulated-judge.ts";
import { longMemEvalReader } from "../datasets/longmemeval/simulated-reader.ts";
import { questionText } from "../datasets/longmemeval/wording.ts";
import { official as longCotScore } from "../datasets/longcot/scorer.ts";
import { longCotReader } from "../datasets/longcot/simulated-reader.ts";
import { lenientScore as mrcrLenient, officialScore as mrcrScore } from "../datasets/mrcr/scorer.ts";
import { COPY_ALL, mrcrReader } from "../datasets/mrcr/simulated-reader.ts";
import { realScore } from "../datasets/oolong/real.ts";
import { oolongRealReader } from "../datasets/oolong/real-simulated-reader.ts";
import { lenientScore, officialScore } from "../datasets/oolong/scorer.ts";
import { oolongReader } from "../datasets/oolong/simulated-reader.ts";
import { pairsF1 } from "../datasets/oolong-pairs/scorer.ts";
import {
  CODED_QUESTION,
  COMMON_QUESTION,
  documentsQuestion,
  trackingQuestion,
} from "../datasets/ruler/questions.ts";
import { officialScore as rulerScore } from "../datasets/ruler/scorer.ts";
import { COUNT_LISTED, documentsReader, rulerReader } from "../datasets/ruler/simulated-reader.ts";
import { stringMatchAll } from "../datasets/s-niah/scorer.ts";
import { sNiahReader } from "../datasets/s-niah/simulated-reader.ts";
import { quotingReader } from "../src/models/simulated/quoting-reader.ts";
import type { SliceReader } from "../src/models/simulated/slice-reader.ts";
import { exactMatch as ownMatch } from "../src/server/own-task.ts";
import type { Json, Scorer } from "../src/types.ts";

/** Reads or scores a text. */
export type Run = (text: string) => unknown;
const scored =
  (scorer: Scorer, metadata: Record<string, Json> = {}): Run =>
  (answer) =>
    scorer(answer, { taskId: "t", answers: ["7, 8"], metadata });
/** Reads a prompt and answers it. @param before stands before the text */
export const read =
  <Value>(reader: SliceReader<Value>, before = ""): Run =>
  (text) => {
    const reading = reader.read(before + text);
    return reading?.answer(reading.findings.map(({ value }) => value));
  };

/** A source of labelled lines. */
export const LINES = {
  name: "lines",
  labels: ["spam", "ham"],
  examples: [
    { text: "hello", label: "spam" },
    { text: "there", label: "ham" },
  ],
} as unknown as Parameters<typeof oolongReader>[0];
/** A line of that source. */
export const LINE = "Date: Jan 06, 2023 || User: 1 || Instance: hello\n";
const CHOICES = `${["A", "B", "C", "D"].map((letter) => `(${letter}) says hello there\n`).join("")}\nGive your final answer in the form 'The correct answer is (X)'.\n`;
/** Who reads, and what is repeated. */
export const HOSTILE_TEXTS: readonly (readonly [string, Run, readonly string[]])[] = [
  ["BrowseComp's exact match", scored(exactMatch), ["1", "1,111,", ".0", "Exact Answer:", "'", "【"]],
  ["BrowseComp's lenient match", scored(lenientMatch), ["1", "0.10", "the "]],
  ["BrowseComp's citations", citationsIn, ["[", "[1", "【", "[1,0,1],"]],
  ["BrowseComp's confidence", confidenceOf, ["Confidence:", "\n*"]],
  ["a judge's verdict", readVerdict, ["correct: ", "**correct**", "confidence:\n"]],
  ["the simulated judge", read(judgeReader), ["\n[response]: ", "\n[response]: \n\n[correct_answer]: "]],
  [
    "the reader of documents",
    read(browseCompReader),
    ["a", "[a] ", "docid: 1\n", "\n\nAnswer in this form:"],
  ],
  [
    "the reader of a made world",
    read(browseCompLikeReader),
    ["A", "Aa of ", "note each ", "---\ntitle: a\n", "Note: {}\n"],
  ],
  ["OOLONG's scorer", scored(officialScore, { answer_type: "ANSWER_TYPE.NUMERIC" }), ["a  ", ": ", "1_"]],
  ["OOLONG's dates", scored(lenientScore, { answer_type: "ANSWER_TYPE.DATE" }), ["1.1", "a.", "12/"]],
  [
    "OOLONG's scorer of transcripts",
    scored(realScore),
    ["\\boxed{", "\\boxed{\\text{", "\\boxed{\\text{}", " "],
  ],
  ["the reader of transcripts", read(oolongRealReader), ["roll ", "a", "cast Aa of ", "roll. "]],
  [
    "the reader of lines",
    read(oolongReader(LINES), LINE),
    ["is label 'a", "user IDs 1, ", "1, ", "between a and "],
  ],
  ["OOLONG-Pairs' scorer", scored(pairsF1, { first: ["1"], second: ["2"] }), ["(1,", "( ", "(1, 2)"]],
  ["S-NIAH's scorer", scored(stringMatchAll), [" ", "7"]],
  [
    "the reader of needles",
    read(sNiahReader),
    ["special magic number for a?", "One of the special magic numbers for a is: 1.\n", "special magic "],
  ],
  ["LongBench-v2's scorer", scored(choiceScore), ["The correct answer is ", "*", "("]],
  ["the reader of choices", read(choiceReader, CHOICES), ["a", "hello ", "\n", "hello\n", "\u200b\n"]],
  ...["NDCG", "Pairwise_Accuracy", "F1_Score", "SubEM", "Summary"].map(
    (metric) =>
      [
        `LongBench-Pro's score by ${metric}`,
        scored(longBenchProScorers().lenient, { [metric]: true, isChinese: true }),
        ["[Answer]", "7\n", "\n", "\u200b\n", " ", "- ", "a. ", "中"],
      ] as const,
  ),
  [
    "the reader of texts in two languages",
    read(longBenchProReader, withQuestion("Answer.", "hello there 中文字")),
    ["hello ", "中文", "\n", "The question: ", "a", "hello\n", "abcd ", "中文字\n"],
  ],
  ["LongMemEval's match", scored(wordMatch), ["1", "7 8 ", "7, ", " "]],
  ["LongMemEval's lenient match", scored(memoryLenient), ["7 8 ", "0.10"]],
  ["LongMemEval's phrases", saysUnknown, ["not ", "no a ", "n't a b c d e f "]],
  ["a judge's yes or no", readYes, ["ye", "no", " "]],
  [
    "the simulated judge of chats",
    read(memoryJudge),
    ["\n[response]: ", "\n[response]: \n\n[correct_answer]: \n\nThe rule: "],
  ],
  [
    "the reader of chats",
    read(longMemEvalReader, questionText("Did hello there?", "today")),
    ["hello ", "a.", "hello.", "user: hello!", "abcd. ", "user: ", "\n", " the user asks the assistant:\n"],
  ],
  ["GraphWalks' scorer", scored(nodesF1), ["Final Answer: [", "Final Answer: [a, b]", "a,", " ", "]"]],
  ["GraphWalks' lenient scorer", scored(lenientF1), ["[", "[a, b]", "'a',", '"']],
  [
    "the reader of a search",
    read(graphWalksReader, "Perform a BFS from node a with depth 9.\n"),
    ["a -> b\n", "a -> ", "Perform a BFS from node ", "a"],
  ],
  [
    "the reader of parents",
    read(graphWalksReader, "Find the parents of node b.\n"),
    ["a -> b\n", "Find the parents of node ", "."],
  ],
  ["the reader of leaving edges", read(graphWalksReader, LIST_LEAVING), ["a, ", "a\na -> b\n", LIST_LEAVING]],
  [
    "the reader of arriving edges",
    read(graphWalksReader, LIST_ARRIVING),
    ["b", "b\na -> b\n", LIST_ARRIVING],
  ],
  [
    "LongCoT's verifier of objects",
    scored(longCotScore, { template: "TM", problem: {}, answer: { A1: 1 } }),
    ['{"a":', '{"a":{"b":[1,', "{", '{"a":"', "solution = "],
  ],
  [
    "LongCoT's verifier of lists",
    scored(longCotScore, { template: "DistMem", problem: {}, answer: [1, 2] }),
    ["1 ,", "1", "[", "[1, ", "'1' ", "solution ", "[1,0,1],", "solution = [1,0,1],"],
  ],
  [
    "LongCoT's verifier of moves",
    scored(longCotScore, {
      template: "RandomHanoi",
      problem: { instance: { initial_state: [[1], []], goal_state: [[], [1]] } },
      answer: null,
    }),
    ["[[1, 0, 1], ", "[1,0,1],", "[ ", "solution = [1, 0, 1]"],
  ],
  [
    "LongCoT's verifier of steps",
    scored(longCotScore, {
      template: "Sokoban",
      problem: { instance: { walls: [], goals: [[0, 0]], boxes: [[0, 1]], player: [5, 5] } },
      answer: null,
    }),
    ["U", "UX", "ud ", "solution=L"],
  ],
  [
    "the reader of puzzles",
    read(longCotReader, "\nSuppliers: [[9]]\n"),
    [
      "\nPackages: [1]",
      "\nGrid layout: [[1, 2]]",
      "(",
      "\nInitial state: [[1], [], []]\nGoal state: [[], [1], []]",
    ],
  ],
  ["MRCR's score", scored(mrcrScore, { prefix: "7", version: 1 }), ["7", " ", "7, 8"]],
  ["MRCR's lenient score", scored(mrcrLenient, { prefix: "7", version: 1 }), ["7", " ", "7, 8"]],
  [
    "the reader of requests",
    read(mrcrReader, "Prepend a to the 2nd (1 indexed) b.\n"),
    ["\n\nUser: b\n\nAssistant: c", "User: ", "\n", "Prepend a to the "],
  ],
  [
    "the reader that copies",
    read(mrcrReader, `${COPY_ALL}b\n`),
    ["\n\nUser: b\n\nAssistant: c", "User: b\n\n"],
  ],
  [
    "BABILong's score",
    scored(babilongScore, { question: "q", labels: ["7", "no"] }),
    ["7", "no", ".", "<", " "],
  ],
  [
    "BABILong's lenient score",
    scored(babilongLenient, { question: "q", labels: ["7", "no"] }),
    ["7", "no", "7 "],
  ],
  [
    "the reader of facts",
    read(babilongReader, factsQuestion("qa3", "Where was the milk before the office?", [])),
    ["Mary got the milk. Mary went to the attic. ", "Mary ", "The attic is ", "M", "Mary gave the "],
  ],
  [
    "the reader that lists facts",
    read(babilongReader, LIST_FACTS),
    ["Mary got the milk. ", "Mary got ", "a"],
  ],
  ["RULER's score", scored(rulerScore, { kind: "part" }), ["7", " ", "\u0000", "\n"]],
  [
    "the reader of assignments",
    read(rulerReader, trackingQuestion("7")),
    ["VAR AB = 7\n", "VAR AB = VAR AB\n", "VAR ", "Variables with the value 7: AB, ", "A"],
  ],
  ["the reader of a numbered list", read(rulerReader, COMMON_QUESTION), ["1. a ", "1", "1. ", " "]],
  ["the reader that counts a list", read(rulerReader, COUNT_LISTED), ["1. a ", "12345", ". "]],
  ["the reader of coded words", read(rulerReader, CODED_QUESTION), ["abcdef ", "abcdef", "... "]],
  [
    "the reader of documents",
    read(documentsReader, `${documentsQuestion("hello there world")}\n`),
    ["hello. ", "hello there world. ", "hello there", "\n"],
  ],
  [
    "the reader that quotes",
    read(quotingReader, "Question: hello there world\n"),
    ["hello. ", "hello there. ", "hello", "\n"],
  ],
  ["a client's own task", scored(ownMatch), [" ", "a "]],
];
