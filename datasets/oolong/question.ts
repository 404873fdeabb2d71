/** What a question over a window is, and the counts that its gold is computed from. */
import type { Random } from "../../src/random.ts";
import type { AnswerType } from "./scorer.ts";
import type { Line, Window } from "./window.ts";

export type TaskGroup = "counting" | "user" | "timeline";
/** The benchmark's names for the kinds of questions. */
export type TaskType =
  `TASK_TYPE.${"MOST_FREQ" | "SECOND_MOST_FREQ" | "LEAST_FREQ" | "RELATIVE_FREQ" | "NUMERIC_ONE_CLASS" | "REPRESENTED_N_TIMES"}`;

export interface Question {
  readonly group: TaskGroup;
  readonly task: TaskType;
  readonly answerType: AnswerType;
  readonly text: string;
  /** Several if equally good; the official scorer takes the first. */
  readonly answers: readonly string[];
}

/** Draws a question of one kind; null if the window has no clear answer to it. */
export type Template = (window: Window, random: Random) => Question | null;

/** The beginning of questions over the whole window. */
export const ALL = "In the above data,";

/** How often each value occurs, the most frequent first; ties in the order of their first occurrence. */
export function ranking(values: Iterable<string>): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Array.from(counts, ([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count);
}

/** How many lines have the label. */
export function countLabel(lines: readonly Line[], label: string): number {
  return lines.reduce((count, line) => count + Number(line.label === label), 0);
}

/** The value at a rank (0 is the first), or null if it shares its count with a neighbour. */
export function uniqueAt(ranked: readonly { value: string; count: number }[], rank: number): string | null {
  const at = ranked[rank];
  if (!at || at.count === ranked[rank - 1]?.count || at.count === ranked[rank + 1]?.count) return null;
  return at.value;
}
