/** Questions about how often labels occur (OOLONG, MIT: the counting group), over a window or a part of it. */
import type { Random } from "../../src/random.ts";
import { ALL, countLabel, type Question, type TaskGroup, type Template } from "./question.ts";
import type { Line, Window } from "./window.ts";

/** The lines that a question is about, and the words that say so. */
export interface Scope {
  readonly group: TaskGroup;
  readonly prefix: string;
  readonly lines: readonly Line[];
}

/** Shares that differ by at most this much are too close to ask about, unless they are equal. */
const CLEAR_SHARE = 0.02;

type ScopedTemplate = (scope: Scope, labels: readonly string[], random: Random) => Question | null;

const mostCommon: ScopedTemplate = ({ group, prefix, lines }, labels) => {
  const [first, second] = labels
    .map((label) => ({ label, count: countLabel(lines, label) }))
    .toSorted((a, b) => b.count - a.count);
  if (!first || (second && first.count - second.count <= CLEAR_SHARE * lines.length)) return null;
  return {
    group,
    task: "TASK_TYPE.MOST_FREQ",
    answerType: "ANSWER_TYPE.LABEL",
    text: `${prefix} which of the labels is the most common? ${labelForm(labels)}`,
    answers: [first.label],
  };
};

const leastCommon: ScopedTemplate = ({ group, prefix, lines }, labels) => {
  const counts = labels.map((label) => countLabel(lines, label));
  const least = Math.min(...counts);
  if (least === Math.max(...counts)) return null;
  return {
    group,
    task: "TASK_TYPE.LEAST_FREQ",
    answerType: "ANSWER_TYPE.LABEL",
    text: `${prefix} which of the labels is the least common? ${labelForm(labels)}`,
    answers: labels.filter((_, i) => counts[i] === least),
  };
};

const comparison: ScopedTemplate = ({ group, prefix, lines }, labels, random) => {
  if (labels.length < 2) return null;
  const [a, b] = random.sample(labels, 2) as [string, string];
  const difference = countLabel(lines, a) - countLabel(lines, b);
  if (difference !== 0 && Math.abs(difference) <= CLEAR_SHARE * lines.length) return null;
  return {
    group,
    task: "TASK_TYPE.RELATIVE_FREQ",
    answerType: "ANSWER_TYPE.COMPARISON",
    text: `${prefix} is label '${a}' more common, less common, or the same frequency as label '${b}'? Give your final answer in the form 'Answer: ${a} is [X] ${b}', where [X] is 'more common than', 'less common than', or 'same frequency as'.`,
    answers: [comparisonWords(difference)],
  };
};

const numberOf: ScopedTemplate = ({ group, prefix, lines }, labels, random) => {
  const label = random.choice(labels);
  return {
    group,
    task: "TASK_TYPE.NUMERIC_ONE_CLASS",
    answerType: "ANSWER_TYPE.NUMERIC",
    text: `${prefix} how many data points should be classified as label '${label}'? Give your final answer in the form 'Answer: number'.`,
    answers: [String(countLabel(lines, label))],
  };
};

/** The counting questions over the part of a window that `scopeOf` draws. */
export function countingTemplates(scopeOf: (window: Window, random: Random) => Scope | null): Template[] {
  return [mostCommon, leastCommon, comparison, numberOf].map((template) => (window, random) => {
    const scope = scopeOf(window, random);
    return scope && scope.lines.length > 0 ? template(scope, window.labels, random) : null;
  });
}

/** The counting group: the questions over all lines. */
export const COUNTING: readonly Template[] = countingTemplates(({ lines }) => ({
  group: "counting",
  prefix: ALL,
  lines,
}));

function labelForm(labels: readonly string[]): string {
  return `Give your final answer in the form 'Label: answer' where answer is one of the labels: ${labels.join(", ")}.`;
}

function comparisonWords(difference: number): string {
  if (difference === 0) return "same frequency as";
  return difference > 0 ? "more common than" : "less common than";
}
