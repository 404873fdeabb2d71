/** Invented rows in the layout of `longbench_pro.json`. */
import type { JsonObject } from "../../../src/types.ts";

const LOG = Array.from(
  { length: 60 },
  (_, day) => `Day ${day}: the keeper of the lighthouse wrote ${day % 7} lines about gulls.`,
)
  .toSpliced(41, 0, "Ada painted the broken lantern on a quiet evening.")
  .join("\n");
const CHINESE = Array.from({ length: 60 }, (_, day) => `第${day}天，守塔人写下了关于海鸥的记录。`).join("\n");

/** One row of a task, in English unless told otherwise. */
export function proRow(
  id: string,
  task: string,
  answer: readonly string[],
  more: JsonObject = {},
): JsonObject {
  const [number = ""] = task.split(".");
  return {
    id,
    context: LOG,
    language: "English",
    token_length: "8k",
    primary_task: `${number}. A kind of task`,
    secondary_task: task,
    contextual_requirement: "Full",
    question_nonthinking: `Which day has the lighthouse without gulls? Write "[Answer]", then a line each.`,
    question_thinking: `Think first. Which day has the lighthouse without gulls? Write "[Answer]", then a line each.`,
    answer: [...answer],
    difficulty: "Easy",
    ...more,
  };
}

/** A row of every metric but that of summaries, whose gold is rounded. */
export const PRO_ROWS: readonly JsonObject[] = [
  proRow("p1", "T3.2 Single-Hop Fact QA", ["Ada painted the broken lantern on a quiet evening."], {
    question_nonthinking: `Which line tells of the broken lantern that Ada painted? Write "[Answer]", then the line.`,
  }),
  proRow("p2", "T1.1 Global Cohesive Retrieval", ["Day 3", "Day 1", "Day 2"], { token_length: "16k" }),
  proRow("p3", "T2.1 Global Timeline Reconstruction", ["First", "Second", "Third"], { difficulty: "Hard" }),
  proRow("p4", "T5.2 Key-Statement Citation Alignment", ["[1]", "[2]"], {
    contextual_requirement: "Partial",
  }),
  proRow("p5", "T10.1 Large-Scale In-Context Rule Induction", ["第 3 天", "第 4 天"], {
    language: "Chinese",
    context: CHINESE,
    question_nonthinking: "哪一天没有海鸥？先写“[答案]”，再逐行写出。",
  }),
];

/** A summary, whose full score is rounded. */
export const SUMMARY_ROW: JsonObject = proRow("p6", "T4.2 Query-Focused Summary", [
  "The keeper counts gulls. He writes about them.",
  "Gulls are counted every day.",
]);
