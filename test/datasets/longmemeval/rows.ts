/** Invented rows in the layout of longmemeval-cleaned. */
import type { JsonObject } from "../../../src/types.ts";

const SMALL_TALK = [
  "Which soup goes with rye bread? A thick one with barley and leek would go well with it.",
  "How do I oil a garden gate? Clean the hinges first, then put two drops on each of them.",
  "Name three birds of the moor. The curlew, the snipe and the golden plover live there.",
];

/** Sessions of small talk, and one that holds what a user said, out of the order of their dates. */
function haystack(said: readonly string[]) {
  const all = [...SMALL_TALK, ...said];
  return {
    haystack_session_ids: all.map((_, i) => (i < SMALL_TALK.length ? `ultrachat_${i}` : `answer_abc_${i}`)),
    haystack_dates: all.map((_, i) => `2023/05/${String(28 - 3 * i).padStart(2, "0")} (Sat) 02:2${i}`),
    haystack_sessions: all.map((text, i) => [
      { role: "user", content: text, ...(i >= SMALL_TALK.length && { has_answer: true }) },
      { role: "assistant", content: `I see. ${"Let me think about that for a while. ".repeat(8)}` },
    ]),
    answer_session_ids: said.map((_, i) => `answer_abc_${i + SMALL_TALK.length}`),
  };
}

/** One row of a type, with what the user said in its sessions. */
export function memoryRow(
  id: string,
  type: string,
  [question, answer, ...said]: readonly [string, string | number, ...string[]],
): JsonObject {
  return {
    question_id: id,
    question_type: type,
    question,
    answer,
    question_date: "2023/05/30 (Tue) 23:40",
    ...haystack(said),
  };
}

/** A row of each type, and one that the sessions do not answer. */
export const MEMORY_ROWS: readonly JsonObject[] = [
  memoryRow("m1", "single-session-user", [
    "Which lighthouse did I visit in spring?",
    "Nebelhorn",
    "I visit the Nebelhorn lighthouse every spring.",
  ]),
  memoryRow("m2", "multi-session", [
    "How many kites have I built altogether?",
    3,
    "I built a red kite.",
    "I built two more kites, blue ones.",
  ]),
  memoryRow("m3_abs", "multi-session", [
    "How many boats have I built altogether?",
    "The information provided is not enough. You mentioned kites, but not boats.",
    "I built a red kite.",
  ]),
  memoryRow("m4", "temporal-reasoning", [
    "How many days did I spend on the moor?",
    "7 days. 8 days (including the last day) is also acceptable.",
    "I went to the moor on the first of May, and home a week later.",
  ]),
  memoryRow("m5", "single-session-preference", [
    "What shall I read on the train?",
    "The user would prefer short stories about the sea, since they told of it.",
    "I like short stories about the sea most.",
  ]),
  memoryRow("m6", "knowledge-update", [
    "Where do I keep my kite?",
    "in the attic",
    "I keep my kite in the shed.",
    "I keep my kite in the attic now.",
  ]),
  memoryRow("m7", "single-session-assistant", [
    "Which bird did you name first?",
    "The curlew",
    "You named the curlew first.",
  ]),
];
