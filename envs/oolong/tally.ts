/** OOLONG's questions in the REPL's languages other than Python: code counts the lines, and the answer is read from what it prints. */
import { codeIn } from "../../src/policies/strategies/languages/by-language.ts";
import type { Counting } from "../../src/policies/macro-skills.ts";
import type { PolicyStart } from "../../src/policies/policy.ts";
import type { Move } from "../../src/policies/strategies/scripted.ts";
import type { Observation } from "../../src/types.ts";
import { BASH_TALLY } from "./languages/bash.ts";
import { CLOJURE_TALLY } from "./languages/clojure.ts";
import { JAVASCRIPT_TALLY } from "./languages/javascript.ts";
import { SQL_TALLY } from "./languages/sql.ts";
import type { Tally, TallyCode } from "./languages/tally-code.ts";

const CODE: Readonly<Record<string, TallyCode>> = {
  javascript: JAVASCRIPT_TALLY,
  sql: SQL_TALLY,
  bash: BASH_TALLY,
  clojure: CLOJURE_TALLY,
};

/** What is counted for a question in the language of a name; null in Python, which has its own code. */
export function countingOf(question: string, language: string): Counting | null {
  const code = CODE[language];
  if (code === undefined) return null;
  const { tally, answer } = readQuestion(question);
  return { code: (source) => code(tally, source), answer: (printed) => answer(countsIn(printed)) };
}

/** The turns that count and answer; none in Python, which has its own. */
export function* tallyTurns(
  { observation, language }: PolicyStart,
  source: "replies" | "context",
): Generator<Move, void, Observation> {
  const counting = countingOf(observation.question, language?.name ?? "");
  if (counting === null || codeIn(language) === null) return;
  const { text } = yield { code: counting.code(source) };
  yield { answer: counting.answer(text) };
}

type Counts = ReadonlyMap<string, number>;

function countsIn(text: string): Counts {
  return new Map(
    Array.from(text.matchAll(/\[([^\n]*)\]=(\d+)/g), ([, key = "", count]) => [key, Number(count)] as const),
  );
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** A day as the question writes it, as YYYY-MM-DD. */
function day(text: string): string {
  const [, name = "", date = "", year = ""] = /^(\w{3})\w*\.? (\d+), (\d{4})/.exec(text) ?? [];
  if (name === "") return text.replace(/^(\d+)\/(\d+)\/(\d+)$/, "$3-$1-$2");
  const month = MONTHS.findIndex((one) => one.startsWith(name)) + 1;
  return `${year}-${String(month).padStart(2, "0")}-${date.padStart(2, "0")}`;
}

const slashed = (date: string) => date.replace(/^(\d+)-(\d+)-(\d+)$/, "$2/$3/$1");
const compared = (difference: number) =>
  difference === 0 ? "same frequency" : difference > 0 ? "more common" : "less common";
const groupOf = (pattern: RegExp, text: string) => pattern.exec(text)?.[1];

/** What a question counts, and how the counts answer it. The kinds are those of the Python in answer.ts. */
export function readQuestion(question: string): {
  readonly tally: Tally;
  readonly answer: (counts: Counts) => string;
} {
  const [asked = ""] = question.split(" Give your final answer");
  const [one = "", other] = Array.from(asked.matchAll(/label '(.+?)'(?=[ ,?:])/g), ([, name = ""]) => name);
  const offered = groupOf(/one of the labels: (.+?)\.?$/, question)?.split(", ");
  const second = Number(question.includes("second most"));
  const lines = linesOf(question);
  const ranked = (by: Tally["by"], label?: string): Tally => ({
    ...lines,
    by,
    most: 20,
    ...(label !== undefined && { label }),
  });
  const all = (by: Tally["by"]): Tally => ({ ...lines, by, most: 500 });
  const nth = (counts: Counts, place = 0) => [...counts.keys()][place] ?? "";
  const labels = (counts: Counts) =>
    offered ? offered.map((label) => [label, counts.get(label) ?? 0] as const) : [...counts];
  const best = (entries: readonly (readonly [string, number])[], sign: 1 | -1) =>
    entries.reduce<readonly [string, number] | null>(
      (found, entry) => (found === null || sign * (entry[1] - found[1]) > 0 ? entry : found),
      null,
    )?.[0] ?? "";

  if (question.includes("labels is the most common"))
    return { tally: all("label"), answer: (counts) => `Label: ${best(labels(counts), 1)}` };
  if (question.includes("labels is the least common"))
    return { tally: all("label"), answer: (counts) => `Label: ${best(labels(counts), -1)}` };
  if (question.includes("how many data points"))
    return { tally: all("label"), answer: (counts) => `Answer: ${counts.get(one) ?? 0}` };
  if (question.includes("which user has more instances")) {
    const rivals = Array.from(question.matchAll(/User (\d+)/g), ([, user = ""]) => user);
    return {
      tally: { ...ranked("user", one), users: rivals },
      answer: (counts) =>
        `User: ${best(
          rivals.map((user) => [user, counts.get(user) ?? 0]),
          1,
        )}`,
    };
  }
  if (question.includes("which user has the most instances"))
    return { tally: ranked("user", one), answer: (counts) => `User: ${nth(counts)}` };
  if (question.includes("which user"))
    return { tally: ranked("user"), answer: (counts) => `User: ${nth(counts, second)}` };
  if (question.includes("which date"))
    return { tally: ranked("date"), answer: (counts) => `Date: ${slashed(nth(counts, second))}` };
  if (question.includes("how many dates")) {
    const times = groupOf(/exactly (\d+) times/, question) ?? "";
    return {
      tally: { ...all("date"), ofCounts: true },
      answer: (counts) => `Answer: ${counts.get(times) ?? 0}`,
    };
  }
  if (question.includes("as compared to after")) {
    const limit = day(groupOf(/before (\d+\/\d+\/\d+)/, question) ?? "");
    const at = (counts: Counts, side: string) => counts.get(`${side}][${one}`) ?? 0;
    return {
      tally: { ...all("side and label"), limit },
      answer: (counts) =>
        `Answer: ${one} is ${compared(at(counts, "before") - at(counts, "after"))} before ${slashed(limit)}`,
    };
  }
  if (/first month|single most frequent|how many months/.test(question))
    return { tally: all("month and label"), answer: (counts) => ofMonths(question, counts, one, other) };
  if (other !== undefined)
    return {
      tally: all("label"),
      answer: (counts) => {
        const words = compared((counts.get(one) ?? 0) - (counts.get(other) ?? 0));
        return `Answer: ${one} is ${words} ${words === "same frequency" ? "as" : "than"} ${other}`;
      },
    };
  return {
    tally: all("label"),
    answer: (counts) =>
      labels(counts)
        .map(([label, count]) => `${label}: ${count}`)
        .join("\n"),
  };
}

/** The lines that a question is about. */
function linesOf(question: string): Pick<Tally, "users" | "month" | "between"> {
  const users = groupOf(/user IDs (\d+(?:, \d+)*)/, question)?.split(", ");
  if (users) return { users };
  const month = groupOf(/occur in (\w+) of any year/, question);
  if (month !== undefined) return { month: String(MONTHS.indexOf(month) + 1).padStart(2, "0") };
  const [, from, to] = /between (\S+) and (\S+), inclusive/.exec(question) ?? [];
  return from !== undefined && to !== undefined ? { between: [day(from), day(to)] } : {};
}

function ofMonths(question: string, counts: Counts, one: string, other = ""): string {
  const months = new Map<string, Map<string, number>>();
  for (const [key, count] of counts) {
    const [month = "", label = ""] = key.split("][");
    months.set(month, (months.get(month) ?? new Map<string, number>()).set(label, count));
  }
  const ofLabel = (month: string, label: string) => months.get(month)?.get(label) ?? 0;
  const names = [...months.keys()].toSorted();
  const won = names.filter((month) => ofLabel(month, one) > ofLabel(month, other));
  if (question.includes("first month")) {
    const [first] = won;
    return first === undefined
      ? "Answer: none"
      : `Answer: ${MONTHS[Number(first.slice(5)) - 1]} ${first.slice(0, 4)}`;
  }
  if (!question.includes("single most frequent")) return `Answer: ${won.length}`;
  const alone = names.filter((month) =>
    [...(months.get(month) ?? [])].every(([label, n]) => label === one || n < ofLabel(month, one)),
  );
  return `Answer: ${alone.filter((month) => ofLabel(month, one) > 0).length}`;
}
