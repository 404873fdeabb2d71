/** How the simulated model reads lines of OOLONG: it classifies each, and then lists them, counts, or answers. */
import type { Finding, Reading, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { monthName, parseDate, shortDate, slashDate } from "./calendar.ts";
import { countLabel, ranking } from "./question.ts";
import { questionClass } from "./question-class.ts";
import type { LabelledSource, Line } from "./window.ts";

const LINE = /^Date: (.+?) \|\| User: (\d+) \|\| Instance: (.+)$/gm;
/** Does not match the headers of windows, which also say what each line has. */
const ASKS_FOR_EACH_LINE = /\b(?:for|of|classify|label) (?:each|every) (?:line|instance)\b/i;
/** How surely a line's label follows from its text in a short prompt. */
const CLARITY = 0.98;

/**
 * Finds the lines of a prompt and the labels that each may be given; null if there are no lines it can tell. A line that the
 * source does not hold is classified by its words, if it is a question and the source has such a label.
 */
export function readLines(source: LabelledSource): (prompt: string) => Finding<Line>[] | null {
  const labelOf = new Map(
    source.examples.map(({ text, label }) => [text.replace(/\s*[\r\n]+\s*/g, " "), label]),
  );
  const labels = [...new Set(labelOf.values())];
  return (prompt) => {
    const findings = Array.from(prompt.matchAll(LINE), (match): Finding<Line> | null => {
      const [, shown = "", user = "", text = ""] = match;
      const guess = labelOf.get(text) ?? questionClass(text);
      const label = labels.find((known) => known === guess);
      const date = parseDate(shown);
      if (label === undefined || date === null) return null;
      const line = { date, user, text, label };
      const others = labels.filter((other) => other !== label).map((other) => ({ ...line, label: other }));
      return { position: match.index / prompt.length, value: line, misreadings: others, clarity: CLARITY };
    }).filter((finding) => finding !== null);
    return findings.length > 0 ? findings : null;
  };
}

/**
 * Reads a source's lines. If asked for each line, it lists `Date: … || User: … || Label: …`; if asked a counting question, over
 * all or some of the lines, it answers; for anything else it gives `label: count`, one label per line.
 */
export function oolongReader(source: LabelledSource): SliceReader<Line> {
  const linesOf = readLines(source);
  const labels = [...new Set(source.examples.map(({ label }) => label))];
  return {
    name: "oolong",
    read(prompt): Reading<Line> | null {
      const findings = linesOf(prompt);
      if (!findings) return null;
      const rest = prompt.replace(LINE, "");
      if (ASKS_FOR_EACH_LINE.test(rest)) return { findings, answer: (lines) => lines.map(listed).join("\n") };
      return { findings, answer: (lines) => answerQuestion(rest, inScope(rest, lines), labels) };
    },
  };
}

function listed({ date, user, label }: Line): string {
  return `Date: ${shortDate(date)} || User: ${user} || Label: ${label}`;
}

/** The lines that a question is about: those of some users, of a month, of a range of dates, or all. */
function inScope(prompt: string, lines: readonly Line[]): readonly Line[] {
  const ids = /user IDs (\d+(?:, \d+)*)/.exec(prompt)?.[1];
  if (ids !== undefined) {
    const users = new Set(ids.split(", "));
    return lines.filter(({ user }) => users.has(user));
  }
  const month = /occur in (\w+) of any year/.exec(prompt)?.[1];
  if (month) return lines.filter(({ date }) => monthName(Number(date.slice(5, 7))) === month);
  const [, from, to] = /between (\S+) and (\S+), inclusive/.exec(prompt) ?? [];
  const [first, last] = [parseDate(from ?? ""), parseDate(to ?? "")];
  return first && last ? lines.filter(({ date }) => date >= first && date <= last) : lines;
}

function answerQuestion(prompt: string, lines: readonly Line[], labels: readonly string[]): string {
  const counts = labels
    .map((label) => ({ label, count: countLabel(lines, label) }))
    .toSorted((a, b) => b.count - a.count);
  if (prompt.includes("labels is the most common?")) return `Label: ${counts[0]?.label}`;
  if (prompt.includes("labels is the least common?")) return `Label: ${counts.at(-1)?.label}`;
  const [, a, b] =
    /is label '(.{1,100}?)' more common, less common, or the same frequency as label '(.{1,100}?)'\?/.exec(
      prompt,
    ) ?? [];
  if (a !== undefined && b !== undefined)
    return `Answer: ${a} is ${compared(countLabel(lines, a) - countLabel(lines, b))} ${b}`;
  const label = /how many data points should be classified as label '(.{1,100}?)'\?/.exec(prompt)?.[1];
  if (label !== undefined) return `Answer: ${countLabel(lines, label)}`;
  if (prompt.includes("which user is represented most often?"))
    return `User: ${mostOf(lines.map(({ user }) => user))}`;
  if (prompt.includes("which date is represented most often?"))
    return `Date: ${slashDate(mostOf(lines.map(({ date }) => date)))}`;
  return counts.map(({ label: name, count }) => `${name}: ${count}`).join("\n");
}

function compared(difference: number): string {
  if (difference === 0) return "same frequency as";
  return difference > 0 ? "more common than" : "less common than";
}

function mostOf(values: readonly string[]): string {
  return ranking(values)[0]?.value ?? "";
}
