/** Hands parts of the context to agents that have a REPL of their own, and combines their replies in code. */
import type { Policy } from "../policy.ts";
import { combineTurn, mapTurn, type MapReduceOptions, PROBE } from "./map-reduce.ts";
import { ANSWER_WITH_RESULT, scriptedPolicy } from "./scripted.ts";

/** Chunks that an agent of its own is handed at once. */
const CHUNKS_A_CHILD = 8;

/** Takes the children's answers, lists in JSON, for one list; a child that gave up has said so in plain words. */
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
 * The recursive strategy. At depth 1 there is no room for children, so that each part is a chunk and goes to the sub-model
 * in one plain call; the environment decides, and answers `rlm_query` so. At depth 2 each part is several chunks, and the
 * child that is handed it asks about each of them.
 */
export function rlm(options: MapReduceOptions, depth: 1 | 2 = 1): Policy {
  const chunks = depth === 1 ? 1 : CHUNKS_A_CHILD;
  const parts = { ...options, chunkChars: options.chunkChars * chunks };
  const packing = depth === 1 ? "packed" : "grouped";
  const policy = scriptedPolicy(`rlm:${depth}`, function* ({ observation: { question } }) {
    yield { code: PROBE };
    const asked = mapTurn(parts, options.instruction(question), "rlm_query", packing);
    yield { code: asked + (depth === 2 ? FLATTEN : "") };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
  if (depth === 1) return policy;
  const child = reader(options);
  return { ...policy, recursion: { maxDepth: depth, childPolicy: () => child } };
}

/** Asks its question about each chunk of what it was handed, and answers with all replies. */
function reader(options: MapReduceOptions): Policy {
  // The heading comes with the question that the child is handed.
  const { headingEnd: _, ...chunks } = options;
  return scriptedPolicy("rlm:2/reader", function* ({ observation: { question } }) {
    yield { code: `${PROBE}\n${mapTurn(chunks, question, "llm_query")}` };
    yield { code: "import json\nFINAL(json.dumps(replies))" };
  });
}
