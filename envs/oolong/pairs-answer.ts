/** Python that lists the pairs a question of OOLONG-Pairs asks for, from the lines and their labels. */
import { pythonString } from "../../src/policies/strategies/scripted.ts";

/** Sets `result` from `rows` of (date as YYYY-MM-DD, user, label); the code that makes `rows` also defines `day` and `MONTHS`. */
export function pairsInPython(question: string): string {
  return `question = ${pythonString(question)}\n${ANSWER.trim()}`;
}

/** Lists the pairs with one user in `first` and the other in `second`. */
export const LIST_PAIRS = String.raw`
users = sorted(first | second, key=int)
pairs = [
    f"({low}, {high})"
    for i, low in enumerate(users)
    for high in users[i + 1 :]
    if (low in first and high in second) or (high in first and low in second)
]
result = "\n".join(pairs)`;

const ANSWER = String.raw`
by_user = {}
for date, user, label in rows:
    by_user.setdefault(user, {}).setdefault(label, []).append(date)

def satisfying(words):
    bounds = re.findall(r"(at least|exactly) (\w+) instances? with the labels? ('.+?'(?: or '.+?')*)", words)
    dated = re.search(r"all instances with the label '(.+?)' of both users are (before|after) (\w+ \d+, \d{4})", words)
    found = set()
    for user, labels in by_user.items():
        holds = True
        for bound, number, names in bounds:
            wanted = {"one": 1, "two": 2, "three": 3}.get(number) or int(number)
            count = sum(len(labels.get(name, ())) for name in re.findall(r"'(.+?)'", names))
            holds = holds and (count == wanted if bound == "exactly" else count >= wanted)
        for date in labels.get(dated[1], ()) if dated else ():
            holds = holds and (date < day(dated[3]) if dated[2] == "before" else date > day(dated[3]))
        if holds:
            found.add(user)
    return found

where = question.split(" where ", 1)[1].split(" Each instance has one of", 1)[0]
one, _, other = where.partition(", and the other user has ")
first = satisfying(one)
second = satisfying(other) if other else first
${LIST_PAIRS.trim()}`;
