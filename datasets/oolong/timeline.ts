/** Questions about when labels occur (OOLONG, MIT: the timeline group). */
import { monthAndYear, monthName, slashDate } from "./calendar.ts";
import { countingTemplates } from "./counting.ts";
import {
  ALL,
  countLabel,
  type Question,
  ranking,
  type TaskType,
  type Template,
  uniqueAt,
} from "./question.ts";
import type { AnswerType } from "./scorer.ts";
import type { Line } from "./window.ts";

const DATE_FORM =
  "Give your final answer in the form 'Date: [X]', where [X] is the date in the format MM/DD/YYYY.";
const MONTHS_APART = "The same month of two years counts twice.";
const NUMBER_FORM = "Give your final answer in the form 'Answer: number'.";

const mostRepresentedDate: Template = ({ lines }) =>
  question(
    "TASK_TYPE.MOST_FREQ",
    "DATE",
    `which date is represented most often? ${DATE_FORM}`,
    dateAt(lines, 0),
  );

const secondMostRepresentedDate: Template = ({ lines }) =>
  question(
    "TASK_TYPE.SECOND_MOST_FREQ",
    "DATE",
    `which date is represented the second most often? ${DATE_FORM}`,
    dateAt(lines, 1),
  );

const datesRepresentedTimes: Template = ({ lines }, random) => {
  const ranked = ranking(lines.map(({ date }) => date));
  const times = random.randint(1, ranked[0]?.count ?? 1);
  return question(
    "TASK_TYPE.REPRESENTED_N_TIMES",
    "NUMERIC",
    `how many dates are represented exactly ${times} times? ${NUMBER_FORM}`,
    String(ranked.filter(({ count }) => count === times).length),
  );
};

const beforeAndAfter: Template = ({ lines, labels }, random) => {
  const label = random.choice(labels);
  const { date } = random.choice(lines);
  const before = lines.filter((line) => line.date < date);
  const after = lines.filter((line) => line.date > date);
  const difference = countLabel(before, label) - countLabel(after, label);
  const day = slashDate(date);
  return question(
    "TASK_TYPE.RELATIVE_FREQ",
    "COMPARISON",
    `was label '${label}' more common, less common, or the same frequency before ${day}, as compared to after ${day}? Compare numbers of instances; those on ${day} count for neither. Give your final answer in the form 'Answer: ${label} is [X] before ${day}', where [X] is 'more common', 'less common', or 'same frequency'.`,
    difference === 0 ? "same frequency" : difference > 0 ? "more common" : "less common",
  );
};

const firstMonthAhead: Template = ({ lines, labels }, random) => {
  if (labels.length < 2) return null;
  const [a, b] = random.sample(labels, 2) as [string, string];
  const first = months(lines).find((month) => isAhead(month.lines, a, b));
  return question(
    "TASK_TYPE.RELATIVE_FREQ",
    "MONTH_YEAR",
    `what is the first month in which label '${a}' occurs more often than label '${b}'? Give your final answer in the form 'Answer: [month] [year]'.`,
    first ? monthAndYear(first.month) : null,
  );
};

const monthsAhead: Template = ({ lines, labels }, random) => {
  if (labels.length < 2) return null;
  const [a, b] = random.sample(labels, 2) as [string, string];
  return question(
    "TASK_TYPE.NUMERIC_ONE_CLASS",
    "NUMERIC",
    `in how many months does label '${a}' occur more often than label '${b}'? ${MONTHS_APART} ${NUMBER_FORM}`,
    String(months(lines).filter((month) => isAhead(month.lines, a, b)).length),
  );
};

const monthsAlone: Template = ({ lines, labels }, random) => {
  const label = random.choice(labels);
  const led = months(lines).filter(
    (month) => uniqueAt(ranking(month.lines.map((line) => line.label)), 0) === label,
  );
  return question(
    "TASK_TYPE.NUMERIC_ONE_CLASS",
    "NUMERIC",
    `in how many months is label '${label}' the single most frequent label? ${MONTHS_APART} ${NUMBER_FORM}`,
    String(led.length),
  );
};

/** The timeline group: seven kinds of its own, and the counting questions over a month or a range of dates. */
export const TIMELINE: readonly Template[] = [
  mostRepresentedDate,
  secondMostRepresentedDate,
  datesRepresentedTimes,
  beforeAndAfter,
  firstMonthAhead,
  monthsAhead,
  monthsAlone,
  ...countingTemplates(({ lines }, random) => {
    const month = random.choice(lines).date.slice(5, 7);
    const name = monthName(Number(month));
    return {
      group: "timeline",
      prefix: `For the following question, only consider the subset of instances that occur in ${name} of any year. Among instances occurring in ${name},`,
      lines: lines.filter(({ date }) => date.slice(5, 7) === month),
    };
  }),
  ...countingTemplates(({ lines }, random) => {
    const [from, to] = [random.choice(lines).date, random.choice(lines).date].toSorted((a, b) =>
      a < b ? -1 : 1,
    ) as [string, string];
    return {
      group: "timeline",
      prefix: `For the following question, only consider the subset of instances that occur between ${slashDate(from)} and ${slashDate(to)}, inclusive. Among instances occurring in this date range,`,
      lines: lines.filter(({ date }) => date >= from && date <= to),
    };
  }),
];

/** The lines of each month that has any, in order; `month` is `YYYY-MM`. */
function months(lines: readonly Line[]): { month: string; lines: Line[] }[] {
  const byMonth = new Map<string, Line[]>();
  for (const line of lines) {
    const month = line.date.slice(0, 7);
    const there = byMonth.get(month);
    if (there) there.push(line);
    else byMonth.set(month, [line]);
  }
  return Array.from(byMonth, ([month, monthLines]) => ({ month, lines: monthLines })).toSorted((a, b) =>
    a.month < b.month ? -1 : 1,
  );
}

function isAhead(lines: readonly Line[], a: string, b: string): boolean {
  return countLabel(lines, a) > countLabel(lines, b);
}

function dateAt(lines: readonly Line[], rank: number): string | null {
  return uniqueAt(ranking(lines.map(({ date }) => date)), rank);
}

function question(
  task: TaskType,
  type: "DATE" | "NUMERIC" | "COMPARISON" | "MONTH_YEAR",
  text: string,
  answer: string | null,
): Question | null {
  if (answer === null) return null;
  const answerType: AnswerType = `ANSWER_TYPE.${type}`;
  return { group: "timeline", task, answerType, text: `${ALL} ${text}`, answers: [answer] };
}
