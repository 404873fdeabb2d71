/** The strategy frugal: reads the most promising parts first, and stops when its budget or what it finds says so. */
import type { Policy } from "../policy.ts";
import { combineTurn, type MapReduceOptions, probe } from "./map-reduce.ts";
import { partsInPython } from "./delegating.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "./scripted.ts";

/** Parts of the first batch; each batch after it is twice as large. */
const FIRST_BATCH = 2;
/** Tokens that are held back for the reply of a call, and those that are kept for combining and answering. */
const [HELD_FOR_REPLY, KEPT] = [4_100, 8_000];

/**
 * Orders the parts by the question's rarer words, reads them in batches that double, and looks at `BUDGET()` before each: it asks
 * about as many as fit into the tokens that are left, beside the answer, and stops where none does. What it has read by then, it combines.
 * Where the environment shows no budget, it reads all parts.
 */
export function frugal(options: MapReduceOptions): Policy {
  return {
    ...scriptedPolicy("frugal", function* ({ observation: { question, context } }) {
      yield { code: probe(context) };
      yield {
        code: `${partsInPython(options, question)}\n${READ.trim().replaceAll("MODEL", options.model === undefined ? "" : `, model=${pythonString(options.model)}`)}`,
      };
      yield { code: combineTurn(options, question) };
      yield { code: ANSWER_WITH_RESULT };
    }),
    budgetView: "function",
  };
}

const READ = `
words = set(re.findall(r"[^\\W_]{4,}", question.lower()))
holding = {word: [i for i, part in enumerate(chunks) if word in part.lower()] for word in words}

def promise(i):
    return sum(1 / len(found) for found in holding.values() if i in found)

def tokens_left():
    return BUDGET()["tokens"] if "BUDGET" in globals() else float("inf")

order = sorted(range(len(chunks)), key=promise, reverse=True)
brought, size = {}, ${FIRST_BATCH}
while len(brought) < len(order):
    left, now = tokens_left() - ${KEPT}, []
    for i in order[len(brought) : len(brought) + size]:
        # As much as the budget holds back for the call: its prompt, at most a token for three characters, and its reply.
        left -= (len(instruction) + len(chunks[i])) // 3 + ${HELD_FOR_REPLY}
        if left < 0:
            break
        now.append(i)
    if not now:
        break
    replies = llm_query_batched([instruction + "\\n\\n" + chunks[i] for i in now]MODEL)
    brought.update(zip(now, replies))
    size *= 2
replies = [brought[i] for i in sorted(brought)]
print(len(brought), "of", len(chunks), "parts read;", tokens_left(), "tokens left")`;
