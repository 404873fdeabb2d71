/** Python that answers every kind of OOLONG question from the lines and their labels, for the strategies. */
import { setText } from "../../src/policies/strategies/pieces.ts";
import { isLazy } from "../../src/repl/lazy-context.ts";
import { pythonString } from "../../src/policies/strategies/scripted.ts";
import type { ContextSummary } from "../../src/types.ts";

/** Sets `rows` of (date as YYYY-MM-DD, user, label) from the lists in `replies`. */
export const ROWS_OF_REPLIES = String.raw`
import re
MONTHS = "January February March April May June July August September October November December".split()

def day(text):
    named = re.match(r"(\w{3})\w*\.? (\d+), (\d{4})", text)
    if named is None:
        month, date, year = text.split("/")
        return f"{year}-{month}-{date}"
    month = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(named[1]))
    return f"{named[3]}-{month:02}-{int(named[2]):02}"

listed = (line for reply in replies for line in re.findall(r"Date: (.+?) \|\| User: (\d+) \|\| Label: (.+)", reply))
rows = [(day(date), user, label.strip()) for date, user, label in listed]`;

/** The same without labels, from the lines of `text`: all that code alone can see. */
export function rowsOfText(context: ContextSummary): string {
  if (isLazy(context)) return SAMPLED_ROWS;
  return `
${setText(context)}
replies = [line[: line.find(" || Instance: ")] + " || Label: ?" for line in text.splitlines() if line.startswith("Date: ")]
${ROWS_OF_REPLIES.trim()}`;
}

/** Samples of a lazy text, whose lines are too many to hold; and characters of each. */
const [SAMPLES, SAMPLE_CHARS] = [2_000, 4_000];

const SAMPLED_ROWS = `
import random
replies = []
for i in range(${SAMPLES}):
    at = int(len(context) * (i + random.random()) / ${SAMPLES})
    lines = context[at : at + ${SAMPLE_CHARS}].split("\\n")[1:-1]
    replies += [line[: line.find(" || Instance: ")] + " || Label: ?" for line in lines if line.startswith("Date: ")]
${ROWS_OF_REPLIES.trim()}`;

/** Sets `result` from `rows`. */
export function answerInPython(question: string): string {
  return `question = ${pythonString(question)}\n${ANSWER.trim()}`;
}

const ANSWER = String.raw`
from collections import Counter

users = re.search(r"user IDs (\d+(?:, \d+)*)", question)
month = re.search(r"occur in (\w+) of any year", question)
between = re.search(r"between (\S+) and (\S+), inclusive", question)
if users:
    rows = [row for row in rows if row[1] in users[1].split(", ")]
elif month:
    rows = [row for row in rows if MONTHS[int(row[0][5:7]) - 1] == month[1]]
elif between:
    rows = [row for row in rows if day(between[1]) <= row[0] <= day(between[2])]

offered = re.search(r"one of the labels: (.+?)\.?$", question)
named = re.findall(r"label '(.+?)'(?=[ ,?:])", question.split(" Give your final answer")[0])
labels = Counter(label for _, _, label in rows)
if offered:
    labels = Counter({label: labels[label] for label in offered[1].split(", ")})
by_month = {}
for date, _, label in rows:
    by_month.setdefault(date[:7], Counter())[label] += 1

def rank(values, place=0):
    ranked = Counter(values).most_common(place + 1)
    return ranked[place][0] if len(ranked) > place else ""

def slashed(date):
    return "/".join([date[5:7], date[8:10], date[:4]])

def compared(difference):
    return "same frequency" if difference == 0 else "more common" if difference > 0 else "less common"

def alone(counts, label):
    return all(counts[label] > n for other, n in counts.items() if other != label) and counts[label] > 0

second = int("second most" in question)
if "labels is the most common" in question:
    result = f"Label: {rank(labels)}"
elif "labels is the least common" in question:
    result = f"Label: {min(labels, key=labels.get)}"
elif "how many data points" in question:
    result = f"Answer: {labels[named[0]]}"
elif "which user has more instances" in question:
    rivals = re.findall(r"User (\d+)", question)
    result = f"User: {max(rivals, key=lambda rival: sum(row[1:] == (rival, named[0]) for row in rows))}"
elif "which user has the most instances" in question:
    result = f"User: {rank(user for _, user, label in rows if label == named[0])}"
elif "which user" in question:
    result = f"User: {rank((user for _, user, _ in rows), second)}"
elif "which date" in question:
    result = f"Date: {slashed(rank((date for date, _, _ in rows), second))}"
elif "how many dates" in question:
    times = int(re.search(r"exactly (\d+) times", question)[1])
    result = f"Answer: {list(Counter(date for date, _, _ in rows).values()).count(times)}"
elif "as compared to after" in question:
    limit = day(re.search(r"before (\d+/\d+/\d+)", question)[1])
    dates = [date for date, _, label in rows if label == named[0]]
    earlier, later = sum(date < limit for date in dates), sum(date > limit for date in dates)
    result = f"Answer: {named[0]} is {compared(earlier - later)} before {slashed(limit)}"
elif "first month" in question:
    months = [month for month in sorted(by_month) if by_month[month][named[0]] > by_month[month][named[1]]]
    result = f"Answer: {MONTHS[int(months[0][5:]) - 1]} {months[0][:4]}" if months else "Answer: none"
elif "single most frequent" in question:
    result = f"Answer: {sum(alone(counts, named[0]) for counts in by_month.values())}"
elif "how many months" in question:
    result = f"Answer: {sum(counts[named[0]] > counts[named[1]] for counts in by_month.values())}"
elif len(named) > 1:
    words = compared(labels[named[0]] - labels[named[1]])
    result = f"Answer: {named[0]} is {words} {'as' if words == 'same frequency' else 'than'} {named[1]}"
else:
    result = "\n".join(f"{label}: {count}" for label, count in labels.items())`;
