/** The strategy rlm: gives parts of the context to child episodes with their own REPLs, and combines their replies in code. */
import type { Policy } from "../policy.ts";
import { combineTurn, mapTurns, type MapReduceOptions, probe } from "./map-reduce.ts";
import { ANSWER_WITH_RESULT, scriptedPolicy } from "./scripted.ts";

/** The number of chunks that a child gets. */
const CHUNKS_A_CHILD = 8;

/** Joins the children's answers, which are JSON lists, into one list. A child that gave up answers in plain words. */
const FLATTEN = `
import json
def listed(reply):
    try:
        return json.loads(reply)
    except ValueError:
        return [reply]
replies = [one for reply in replies for one in listed(reply)]
print(len(replies), "replies in all")`;

/**
 * Makes the recursive strategy. At depth 1 the environment allows no children: each part is one chunk, and `rlm_query` makes a
 * plain call. At depth 2 each part is several chunks, and a child asks about each of them.
 */
export function rlm(options: MapReduceOptions, depth: 1 | 2 = 1): Policy {
  const chunks = depth === 1 ? 1 : CHUNKS_A_CHILD;
  const parts = { ...options, chunkChars: options.chunkChars * chunks };
  const packing = depth === 1 ? "packed" : "grouped";
  const policy = scriptedPolicy(`rlm:${depth}`, function* ({ observation: { question, context } }) {
    yield { code: probe(context) };
    const instruction = options.instruction(question);
    const asked = mapTurns(parts, { instruction, ask: "rlm_query", context, packing });
    for (const [i, code] of asked.entries())
      yield { code: code + (depth === 2 && i === asked.length - 1 ? FLATTEN : "") };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
  if (depth === 1) return policy;
  const child = reader(options);
  return { ...policy, recursion: { maxDepth: depth, childPolicy: () => child } };
}

/** The child's policy: asks its question about each chunk of its context, and answers with all replies. */
function reader(options: MapReduceOptions): Policy {
  // The child's question already contains the heading.
  const { headingEnd: _, ...chunks } = options;
  return scriptedPolicy("rlm:2/reader", function* ({ observation: { question, context } }) {
    const asked = mapTurns(chunks, { instruction: question, ask: "llm_query", context });
    yield { code: [probe(context), ...asked].join("\n") };
    yield { code: "import json\nFINAL(json.dumps(replies))" };
  });
}
