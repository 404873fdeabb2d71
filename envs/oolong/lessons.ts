/** Lessons of OOLONG for the strategy tutor: have a sub-model label each line, keep the lines that count, count them, answer. */
import { isLazy } from "../../src/repl/lazy-context.ts";
import { pythonString } from "../../src/policies/strategies/scripted.ts";
import type { Lesson, Words } from "../../src/policies/strategies/tutor.ts";
import { parseDate } from "../../datasets/oolong/calendar.ts";

/**
 * Answers the kinds of questions that a few lines of Python answer; of others it shows nothing. Code compares the counts and words
 * the answer: small models misread a list of numbers.
 */
export const lineLesson: Lesson = function* ({ question, context }, words) {
  const asked = kindOf(question);
  if (asked === null) return;
  yield asked.needsLabels ? labelled(words) : unlabelled(words, isLazy(context));
  const { count, look, answer } = asked.code(words);
  const counting = `${keep(question, words)}${count}`;
  if (words.chance(AT_ONCE)) {
    yield `${counting}\nFINAL(${answer})`;
    return;
  }
  yield `${counting}\nprint(${look})`;
  yield `FINAL(${answer})`;
};

/** The share of demonstrations that count and answer in one turn. */
const AT_ONCE = 0.5;

/** How one kind of question is answered. */
interface Kind {
  readonly needsLabels: boolean;
  readonly code: (words: Words) => {
    /** Python that counts `rows`. */
    readonly count: string;
    /** What a demonstration prints of it. */
    readonly look: string;
    /** The Python expression of the answer. */
    readonly answer: string;
  };
}

function kindOf(question: string): Kind | null {
  const [ask = ""] = question.split(" Give your final answer");
  const [a, b] = [...ask.matchAll(/label '(.+?)'/g)].map(([, label = ""]) => label);
  const offered = /one of the labels: (.+?)\.?$/.exec(question)?.[1]?.split(", ");
  if (offered && ask.includes("most common")) return extreme(offered, "max");
  if (offered && ask.includes("least common")) return extreme(offered, "min");
  if (ask.includes("how many data points") && a !== undefined) return counted(a);
  if (
    ask.includes("as compared to after") ||
    ask.includes("month in which") ||
    ask.includes("how many months")
  )
    return null;
  if (a !== undefined && b !== undefined) return compared(a, b);
  const users = [...ask.matchAll(/User (\d+)/g)].map(([, user = ""]) => user);
  if (users.length === 2 && a !== undefined) return ranked(1, 0, a, users);
  if (ask.includes("which user has the most instances") && a !== undefined) return ranked(1, 0, a);
  const place = Number(ask.includes("the second most often"));
  if (ask.includes("which user is represented")) return ranked(1, place);
  if (ask.includes("which date is represented")) return ranked(0, place);
  const times = /how many dates are represented exactly (\d+) times/.exec(ask)?.[1];
  return times === undefined ? null : datesRepresented(times);
}

/** The most or the least common label. */
function extreme(labels: readonly string[], which: "max" | "min"): Kind {
  return {
    needsLabels: true,
    code: (words) => {
      const found = words.any("found", "names", "all_labels");
      return {
        count: `labels = ${list(labels)}\n${found} = [row[2] for row in rows]`,
        look: `[(${found}.count(label), label) for label in labels]`,
        answer: `"Label: " + ${which}(labels, key=${found}.count)`,
      };
    },
  };
}

function counted(label: string): Kind {
  const condition = `row[2] == ${pythonString(label)}`;
  return {
    needsLabels: true,
    code: (words) => ({
      count: words.any(
        `n = len([row for row in rows if ${condition}])`,
        `n = sum(${condition} for row in rows)`,
      ),
      look: "n",
      answer: 'f"Answer: {n}"',
    }),
  };
}

function compared(a: string, b: string): Kind {
  return {
    needsLabels: true,
    code: (words) => {
      const found = words.any("labels", "found", "names");
      return {
        count: `${found} = [row[2] for row in rows]
a, b = ${found}.count(${pythonString(a)}), ${found}.count(${pythonString(b)})
how = "more common than" if a > b else "less common than" if a < b else "same frequency as"`,
        look: "a, b, how",
        answer: `f${pythonString(`Answer: ${a} is {how} ${b}`)}`,
      };
    },
  };
}

/** The user (column 1) or date (column 0) at a rank, of all rows or of those with a label. */
function ranked(column: 0 | 1, place: number, label?: string, among?: readonly string[]): Kind {
  const conditions = [
    ...(label === undefined ? [] : [`row[2] == ${pythonString(label)}`]),
    ...(among === undefined ? [] : [`row[1] in ${list(among)}`]),
  ];
  const where = conditions.length === 0 ? "" : ` if ${conditions.join(" and ")}`;
  return {
    needsLabels: label !== undefined,
    code: (words) => {
      const counts = words.any("counts", "c", "tally");
      const value = `${counts}.most_common()[${place}][0]`;
      const shown = `datetime.datetime.strptime(${value}, "%b %d, %Y").strftime("%m/%d/%Y")`;
      return {
        count: `${counts} = collections.Counter(row[${column}] for row in rows${where})`,
        look: `${counts}.most_common(${words.any(3, 4, 5)})`,
        answer: column === 1 ? `"User: " + ${value}` : `"Date: " + ${shown}`,
      };
    },
  };
}

function datesRepresented(times: string): Kind {
  return {
    needsLabels: false,
    code: (words) => {
      const counts = words.any("counts", "c", "tally");
      return {
        count: `${counts} = collections.Counter(row[0] for row in rows)\nn = list(${counts}.values()).count(${times})`,
        look: "n",
        answer: 'f"Answer: {n}"',
      };
    },
  };
}

/** Sets `rows` of (date, user, label), as a sub-model labels the lines. */
function labelled(words: Words): string {
  const lines = words.any("lines", "data", "items");
  const size = words.any(20, 25, 30);
  const replies = words.any("replies", "answers", "out");
  const ask = words.any(
    "Give the label of each line, in the form 'Date: ... || User: ... || Label: ...':",
    "Label each line. Write 'Date: ... || User: ... || Label: ...' for every line:",
    "Classify each line, and write 'Date: ... || User: ... || Label: ...' for it:",
  );
  return `${words.remark("A sub-model labels the lines, in chunks.", "Ask for the label of every line.")}head = context[:context.find("Date:")]
${lines} = [line for line in context.splitlines() if line.startswith("Date:")]
prompts = [head + ${pythonString(ask)} + "\\n" + "\\n".join(${lines}[i:i + ${size}]) for i in range(0, len(${lines}), ${size})]
${replies} = llm_query_batched(prompts)
rows = re.findall(r"Date: (.+?) \\|\\| User: (\\d+) \\|\\| Label: (.+)", "\\n".join(${replies}))
print(len(${lines}), len(rows), rows[:2])`;
}

/** Sets `rows` of (date, user): code alone reads them. */
function unlabelled(words: Words, lazy: boolean): string {
  const pattern = String.raw`r"Date: (.+?) \|\| User: (\d+)"`;
  const found = lazy
    ? `[re.match(${pattern}, line).groups() for line in context.splitlines() if line.startswith("Date:")]`
    : `re.findall(${pattern}, context)`;
  return `${words.remark("No labels are needed: search the lines.")}rows = ${found}
print(len(rows), rows[:2])`;
}

/** Python that keeps the rows that the question is about. */
function keep(question: string, words: Words): string {
  const users = /user IDs (\d+(?:, \d+)*)/.exec(question)?.[1]?.split(", ");
  if (users) return `rows = [row for row in rows if row[1] in ${list(users)}]\n`;
  const month = /occur in (\w+) of any year/.exec(question)?.[1];
  if (month !== undefined)
    return `rows = [row for row in rows if row[0].startswith(${pythonString(month.slice(0, 3))})]\n`;
  const [, from, to] = /between (\S+) and (\S+), inclusive/.exec(question) ?? [];
  if (from === undefined || to === undefined) return "";
  const day = words.any("day", "when", "date");
  return `${day} = lambda text: datetime.datetime.strptime(text, "%b %d, %Y").strftime("%Y/%m/%d")
rows = [row for row in rows if ${pythonString(yearFirst(from))} <= ${day}(row[0]) <= ${pythonString(yearFirst(to))}]
`;
}

function yearFirst(slashed: string): string {
  return parseDate(slashed)?.replaceAll("-", "/") ?? slashed;
}

function list(texts: readonly string[]): string {
  return `[${texts.map(pythonString).join(", ")}]`;
}
