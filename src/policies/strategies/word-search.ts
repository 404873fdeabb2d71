/** The strategy grep for questions of any form: searches for the question's words in code, and quotes the line with the most of them. */
import { NOT_HERE, wordsOf } from "../../models/simulated/quoting-reader.ts";
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { PARTS } from "./pieces.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "./scripted.ts";

/** Lines that are looked at for each word: one that stands in more of them tells little. */
const LINES_A_WORD = 2000;
/** Characters of the line that are quoted. */
const QUOTED_CHARS = 400;

/** Makes the strategy. It never asks a sub-model. */
export function wordSearch(): Policy {
  return scriptedPolicy("grep", function* ({ observation: { question, context } }) {
    yield { code: search(question, context) };
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** Sets `result`. A lazy text is searched by its host; case is not ignored there, since that takes fifty times as long. */
function search(question: string, context: ContextSummary): string {
  const linesOf = isLazy(context)
    ? `def lines_of(word):
    forms = dict.fromkeys([word, word.capitalize(), word.upper()])
    return [match.line for form in forms for match in context.grep(re.escape(form), limit=${LINES_A_WORD})]`
    : `${PARTS}
lines = [line for part in parts for line in str(part).splitlines()]

def lines_of(word):
    return list(itertools.islice((line for line in lines if word in line.lower()), ${LINES_A_WORD}))`;
  return `
import itertools, re
words = ${pythonString([...wordsOf(question)].join(" "))}.split()
${linesOf}

found = {word: lines_of(word) for word in words}
seldom_first = sorted(found.values(), key=len)
candidates = list(dict.fromkeys(line for lines in seldom_first for line in lines))

def held(line):
    return len(set(re.findall(r"\\w+", line.lower())).intersection(words))

best = max(candidates, key=held, default="")
first = min([at for at in map(best.lower().find, words) if at >= 0], default=0)
result = best[max(0, first - ${QUOTED_CHARS / 2}) :][:${QUOTED_CHARS}].strip() or ${pythonString(NOT_HERE)}
print({word: len(lines) for word, lines in found.items()}, "lines; the best holds", held(best), "of", len(words), "words")`;
}
